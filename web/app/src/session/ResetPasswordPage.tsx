import { OrdercastProblem } from "@ordercast/client";
import { useOrdercast } from "@ordercast/react";
import { useEffect, useState } from "react";
import { useForm } from "react-hook-form";
import { useLocation } from "wouter";

import { messageOf } from "../api/http";
import { Banner, Button, LinkButton, TextField, toast } from "../ui";
import { Entrance } from "./Entrance";
import { newPassword } from "./password";
import { useSession } from "./session";

/** The link's token stands behind the #, so that it reaches no server's log; it is taken out of the address at once. */
function tokenOf(hash: string): string {
  return new URLSearchParams(hash.replace(/^#/, "")).get("token") ?? "";
}

export default function ResetPasswordPage() {
  const [token] = useState(() => tokenOf(window.location.hash));
  const [dead, setDead] = useState(token === "");
  const [refused, setRefused] = useState<string>();
  const [, navigate] = useLocation();
  const { api } = useOrdercast();
  const { refresh } = useSession();
  const form = useForm<{ password: string; again: string }>({ mode: "onTouched" });

  useEffect(() => {
    if (window.location.hash) window.history.replaceState(window.history.state, "", window.location.pathname);
  }, []);

  async function set({ password }: { password: string }) {
    setRefused(undefined);
    try {
      await api.POST("/api/v1/auth/password-reset", { body: { token, password } });
      // Every session of the account ended with it, this browser's too.
      await refresh();
      toast.success("Your new password is set", { description: "Sign in with it." });
      navigate("/sign-in", { replace: true });
    } catch (error) {
      if (error instanceof OrdercastProblem && error.code === "link_invalid") setDead(true);
      else if (error instanceof OrdercastProblem && error.code === "weak_password")
        form.setError("password", { message: error.detail });
      else setRefused(messageOf(error));
    }
  }

  if (dead) {
    return (
      <Entrance title="Set a new password">
        <form>
          <Banner severity="warning" title="This link no longer works">
            It works once, for a day. Ask the store for a new one.
          </Banner>
          <LinkButton href="/sign-in" wide>
            To sign in
          </LinkButton>
        </form>
      </Entrance>
    );
  }

  const { errors, isSubmitting } = form.formState;
  return (
    <Entrance title="Set a new password" lead="It signs you out everywhere else.">
      <form noValidate onSubmit={(event) => void form.handleSubmit(set)(event)}>
        {refused && <Banner severity="error">{refused}</Banner>}
        <TextField
          label="New password"
          type="password"
          autoComplete="new-password"
          hint="At least 8 characters."
          error={errors.password?.message}
          {...form.register("password", newPassword)}
        />
        <TextField
          label="Once more"
          type="password"
          autoComplete="new-password"
          error={errors.again?.message}
          {...form.register("again", {
            validate: (again, { password }) => again === password || "The two are not the same",
          })}
        />
        <Button type="submit" look="primary" wide busy={isSubmitting}>
          Set password
        </Button>
      </form>
    </Entrance>
  );
}
