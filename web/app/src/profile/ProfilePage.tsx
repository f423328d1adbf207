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

  async function handleSignOut() {
    setBusy(true);
    try {
      await signOut();
      navigate("/");
    } catch (error) {
      setBusy(false);
      toast.error("You are still signed in", { id: "sign-out", description: messageOf(error) });
    }
  }

  const cards = (
    <div className={styles.cards}>
      <Card title="Live connection">
        <ConnectionMonitor isDetailed={account.role === "staff"} />
      </Card>
      <Card title="Appearance" action={<ThemeSwitch />}>
        <p className={styles.text}>Applies to this device. “System” follows your device.</p>
        {account.role === "staff" && (
          <LinkButton href="/admin" wide>
            Open console
          </LinkButton>
        )}
      </Card>
    </div>
  );

  return (
    <>
      <div className={styles.head}>
        <Avatar size="lg" name={account.name ?? account.email ?? "?"} />
        <div className={styles.identity}>
          <PageHeading title="Profile">{account.name ?? "Your profile"}</PageHeading>
          {account.email && <p>{account.email}</p>}
        </div>
        <Button className={styles.signOut} busy={busy} onClick={() => void handleSignOut()}>
          <LogOut aria-hidden="true" />
          Sign out
        </Button>
      </div>
      {account.role === "customer" ? <Dashboard>{cards}</Dashboard> : cards}
    </>
  );
}
