import { LogOut } from "lucide-react";
import { useState } from "react";
import { useLocation } from "wouter";

import { messageOf } from "../api/http";
import { PageHeading } from "../layout/PageHeading";
import { ConnectionMonitor } from "../live/ConnectionMonitor";
import { useAccount, useSession } from "../session/session";
import { Avatar, Button, Card, LinkButton, ThemeSwitch, toast } from "../ui";
import { Dashboard } from "./Dashboard";
import styles from "./ProfilePage.module.css";

export default function ProfilePage() {
  const account = useAccount();
  const { signOut } = useSession();
  const [, navigate] = useLocation();
  const [busy, setBusy] = useState(false);

  async function leave() {
    setBusy(true);
    try {
      await signOut();
      navigate("/");
    } catch (error) {
      setBusy(false);
      toast.error("You are still signed in", { description: messageOf(error) });
    }
  }

  return (
    <>
      <div className={styles.head}>
        <Avatar size="lg" name={account.name ?? account.email ?? "?"} />
        <div className={styles.who}>
          <PageHeading title="Profile">{account.name ?? "Your profile"}</PageHeading>
          {account.email && <p>{account.email}</p>}
        </div>
        <Button className={styles.leave} busy={busy} onClick={() => void leave()}>
          <LogOut aria-hidden="true" />
          Sign out
        </Button>
      </div>
      {account.role === "customer" && <Dashboard />}
      <div className={styles.cards}>
        <Card title="Live connection">
          <ConnectionMonitor />
        </Card>
        <Card title="Appearance" action={<ThemeSwitch />}>
          <p className={styles.words}>On this device. “System” follows its own light and dark.</p>
          {account.role === "staff" && (
            <LinkButton href="/admin" wide>
              To the console
            </LinkButton>
          )}
        </Card>
      </div>
    </>
  );
}
