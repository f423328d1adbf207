import { OrdercastProblem } from "@ordercast/client";
import { useOrdercast } from "@ordercast/react";
import { useEffect, useState } from "react";
import { useForm } from "react-hook-form";
import { useLocation } from "wouter";

import { messageOf } from "../api/http";
import { Banner, Button, LinkButton, TextField, toast } from "../ui";
import { AuthLayout } from "./AuthLayout";
import { newPassword } from "./password";
import { useSession } from "./session";

/** The token is in the URL fragment, so that it reaches no server log. It is removed from the address at once. */
function tokenOf(hash: string): string {
  return new URLSearchParams(hash.replace(/^#/, "")).get("token") ?? "";
}

export default function ResetPasswordPage() {
  const [token] = useState(() => tokenOf(window.location.hash));
  // The server says why a link does not work.
  const [dead, setDead] = useState(
    token === "" ? "The address has no token. Open the link as you received it." : undefined,
  );
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
      // A password reset ends all sessions of the account, including this one.
      await refresh();
      toast.success("Your password was changed", { description: "Sign in with your new password." });
      navigate("/sign-in", { replace: true });
    } catch (error) {
      if (error instanceof OrdercastProblem && error.code === "link_invalid") setDead(error.detail);
      else if (error instanceof OrdercastProblem && error.code === "weak_password")
        form.setError("password", { message: error.detail });
      else setRefused(messageOf(error));
    }
  }

  if (dead) {
    return (
      <AuthLayout title="Set a new password">
        <form>
          <Banner severity="warning" title="This link no longer works">
            {dead}
          </Banner>
          <LinkButton href="/sign-in" wide>
            Sign in
          </LinkButton>
        </form>
      </AuthLayout>
    );
  }

  const { errors, isSubmitting } = form.formState;
  return (
    <AuthLayout title="Set a new password" lead="You will be signed out on all devices.">
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
          label="Repeat password"
          type="password"
          autoComplete="new-password"
          error={errors.again?.message}
          {...form.register("again", {
            validate: (again, { password }) => again === password || "The passwords do not match",
          })}
        />
        <Button type="submit" variant="primary" wide busy={isSubmitting}>
          Set password
        </Button>
      </form>
    </AuthLayout>
  );
}
