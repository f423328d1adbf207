import { OrdercastProblem } from "@ordercast/client";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { Link, Redirect, useSearch } from "wouter";

import { messageOf } from "../api/http";
import { Banner, Button, TextField } from "../ui";
import { DemoAccounts } from "./DemoAccounts";
import { AuthLayout } from "./AuthLayout";
import { nextPath } from "./nextPath";
import { isStaff, useSession } from "./session";

interface Credentials {
  email: string;
  password: string;
}

export default function SignInPage() {
  const { account, signIn } = useSession();
  const search = useSearch();
  const [refused, setRefused] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const form = useForm<Credentials>();

  // Already signed in: go to the page that was asked for.
  if (account) return <Redirect to={nextPath(search, isStaff(account) ? "/admin" : "/")} replace />;

  async function enter(credentials: Credentials) {
    setBusy(true);
    setRefused(undefined);
    try {
      await signIn(credentials);
    } catch (error) {
      setRefused(error);
      setBusy(false);
    }
  }

  const { errors } = form.formState;
  return (
    <AuthLayout
      title="Sign in"
      lead="Sign in to order and track your orders live."
      below={
        <>
          New here? <Link href={`/sign-up${search ? `?${search}` : ""}`}>Create an account</Link>
        </>
      }
    >
      <form noValidate onSubmit={(event) => void form.handleSubmit(enter)(event)}>
        {refused !== undefined && (
          <Banner severity="error" title={refused instanceof OrdercastProblem ? refused.title : "Sign-in failed"}>
            {messageOf(refused)}
          </Banner>
        )}
        <TextField
          label="Email"
          type="email"
          autoComplete="username"
          error={errors.email?.message}
          {...form.register("email", { required: "Enter your email address" })}
        />
        <TextField
          label="Password"
          type="password"
          autoComplete="current-password"
          hint="Forgot your password? Ask the store for a reset link."
          error={errors.password?.message}
          {...form.register("password", { required: "Enter your password" })}
        />
        <Button type="submit" variant="primary" wide busy={busy}>
          Sign in
        </Button>
      </form>
      <DemoAccounts busy={busy} onChoose={({ email, password }) => void enter({ email, password })} />
    </AuthLayout>
  );
}
