import { Copy } from "lucide-react";
import { useState } from "react";

import { messageOf } from "../../api/http";
import { Banner, Button, TextField, toast } from "../../ui";
import { Dialog } from "../../ui/Dialog";
import { useTimes } from "../../time/useTimes";
import { useApi } from "../data/api";
import styles from "./ResetLinkDialog.module.css";

export interface ResetLinkDialogProps {
  /** The customer. Without one, the dialog asks for an e-mail address. */
  customer?: { id: string; name: string };
  onClose: () => void;
}

/** Creates a one-time link with which a customer sets a new password. */
export function ResetLinkDialog({ customer, onClose }: ResetLinkDialogProps) {
  const { createResetLink } = useApi();
  const { dateTime } = useTimes();
  const [email, setEmail] = useState("");
  const [showErrors, setShowErrors] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<string>();
  const [link, setLink] = useState<{ url: string; expiresAt: string }>();
  const user = customer?.id ?? email.trim();
  const error = user ? undefined : "Enter the e-mail address of the customer's account.";

  async function create() {
    setShowErrors(true);
    if (error || busy) return;
    setBusy(true);
    setRefused(undefined);
    try {
      setLink(await createResetLink(user));
    } catch (problem) {
      setRefused(messageOf(problem));
    }
    setBusy(false);
  }

  async function copy(url: string) {
    try {
      await navigator.clipboard.writeText(url);
      toast.success("Link copied");
    } catch {
      toast.error("The link could not be copied", { description: "Select the link and copy it." });
    }
  }

  const title = customer ? `Password of ${customer.name}` : "Reset a customer's password";
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={title}
      description="The link works once. Give it only to the owner of the account."
    >
      {link ? (
        <div className={styles.form}>
          <TextField
            label="Reset link"
            readOnly
            value={link.url}
            hint={`Works until ${dateTime(link.expiresAt)}.`}
            onFocus={({ target }) => target.select()}
          />
          <div className={styles.actions}>
            <Button onClick={onClose}>Done</Button>
            <Button variant="primary" autoFocus onClick={() => void copy(link.url)}>
              <Copy aria-hidden="true" />
              Copy link
            </Button>
          </div>
        </div>
      ) : (
        <form
          className={styles.form}
          onSubmit={(event) => {
            event.preventDefault();
            void create();
          }}
        >
          {!customer && (
            <TextField
              label="E-mail address"
              inputMode="email"
              autoFocus
              autoComplete="off"
              value={email}
              error={showErrors ? error : undefined}
              onChange={({ target }) => setEmail(target.value)}
            />
          )}
          {refused && <Banner severity="error">{refused}</Banner>}
          <div className={styles.actions}>
            <Button onClick={onClose}>Cancel</Button>
            <Button type="submit" variant="primary" busy={busy}>
              Create link
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
