import { OrdercastProblem } from "@ordercast/client";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { Link, Redirect, useSearch } from "wouter";

import { messageOf } from "../api/http";
import { Banner, Button, TextField } from "../ui";
import { DemoAccounts } from "./DemoAccounts";
import { Entrance } from "./Entrance";
import { nextPath } from "./next";
import { isStaff, useSession } from "./session";

interface Credentials {
  email: string;
  password: string;
}

export default function SignInPage() {
  const { account, signIn } = useSession();
  const search = useSearch();
  const [refused, setRefused] = useState<unknown>();
  const [busy, setBusy] = useState<string>();
  const form = useForm<Credentials>();

  // Once somebody is in, this page is the way to where they wanted to be.
  if (account) return <Redirect to={nextPath(search, isStaff(account) ? "/admin" : "/")} replace />;

  async function enter(credentials: Credentials) {
    setBusy(credentials.email);
    setRefused(undefined);
    try {
      await signIn(credentials);
    } catch (error) {
      setRefused(error);
      setBusy(undefined);
    }
  }

  const { errors } = form.formState;
  return (
    <Entrance
      title="Sign in"
      lead="To order, and to follow your orders live."
      below={
        <>
          New here? <Link href={`/sign-up${search ? `?${search}` : ""}`}>Create an account</Link>
        </>
      }
    >
      <form noValidate onSubmit={(event) => void form.handleSubmit(enter)(event)}>
        {refused !== undefined && (
          <Banner
            severity="error"
            title={refused instanceof OrdercastProblem ? refused.title : "You are not signed in"}
          >
            {messageOf(refused)}
          </Banner>
        )}
        <TextField
          label="E-mail"
          type="email"
          autoComplete="username"
          error={errors.email?.message}
          {...form.register("email", { required: "Enter your e-mail address" })}
        />
        <TextField
          label="Password"
          type="password"
          autoComplete="current-password"
          hint="Forgotten? Ask the store for a link to set a new one."
          error={errors.password?.message}
          {...form.register("password", { required: "Enter your password" })}
        />
        <Button type="submit" look="primary" wide busy={busy !== undefined}>
          Sign in
        </Button>
      </form>
      <DemoAccounts busy={busy} onChoose={({ email, password }) => void enter({ email, password })} />
    </Entrance>
  );
}
