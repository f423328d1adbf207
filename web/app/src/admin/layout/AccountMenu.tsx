import { LogOut } from "lucide-react";
import { useState } from "react";
import { Link } from "wouter";

import { messageOf } from "../../api/http";
import { useAccount, useSession } from "../../session/session";
import { Avatar } from "../../ui/Avatar";
import { Button, ThemeSwitch, toast } from "../../ui";
import { Popover } from "../../ui/Popover";
import { ResetLinkDialog } from "../accounts/ResetLinkDialog";
import styles from "./AccountMenu.module.css";

/** The signed-in account, the theme, sign-out, and the passwords of customers. */
export function AccountMenu() {
  const account = useAccount();
  const { signOut } = useSession();
  const name = account.name ?? account.email ?? "Staff";
  const [resetting, setResetting] = useState(false);
  return (
    <>
      <Popover
        title="Account"
        hideTitle
        className={styles.menu}
        trigger={
          <button type="button" className={styles.trigger} aria-label={`Account: ${name}`}>
            <Avatar name={name} />
          </button>
        }
      >
        <div>
          <p className={styles.name}>{name}</p>
          <p className={styles.mail}>{account.email}</p>
        </div>
        <div className={styles.theme}>
          <span>Theme</span>
          <ThemeSwitch />
        </div>
        <ul className={styles.links}>
          <li>
            <Link href="/profile">Profile</Link>
          </li>
          <li>
            <Link href="/real-time-test">Real-time test</Link>
          </li>
          <li>
            <Link href="/">View shop</Link>
          </li>
        </ul>
        <Button wide variant="quiet" onClick={() => setResetting(true)}>
          Reset a customer's password…
        </Button>
        <Button
          wide
          onClick={() =>
            signOut().catch((error: unknown) =>
              toast.error("You are still signed in", { id: "sign-out", description: messageOf(error) }),
            )
          }
        >
          <LogOut aria-hidden="true" />
          Sign out
        </Button>
      </Popover>
      {resetting && <ResetLinkDialog onClose={() => setResetting(false)} />}
    </>
  );
}
