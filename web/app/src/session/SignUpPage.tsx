import { OrdercastProblem } from "@ordercast/client";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { Link, Redirect, useSearch } from "wouter";

import { messageOf } from "../api/http";
import { Banner, Button, TextField } from "../ui";
import { AuthLayout } from "./AuthLayout";
import { nextPath } from "./nextPath";
import { newPassword } from "./password";
import { useSession } from "./session";

interface Registration {
  name: string;
  email: string;
  password: string;
}

export default function SignUpPage() {
  const { account, signUp } = useSession();
  const search = useSearch();
  const [refused, setRefused] = useState<string>();
  const form = useForm<Registration>({ mode: "onTouched" });

  if (account) return <Redirect to={nextPath(search, "/")} replace />;

  async function register(registration: Registration) {
    setRefused(undefined);
    try {
      await signUp(registration);
    } catch (error) {
      if (codeOf(error) === "email_taken")
        form.setError("email", { message: "An account with this email already exists. Sign in instead." });
      else if (codeOf(error) === "weak_password") form.setError("password", { message: messageOf(error) });
      else if (error instanceof OrdercastProblem && error.errors.some(({ field }) => field === "email"))
        form.setError("email", { message: "Enter an email address, such as asha@example.com" });
      else setRefused(messageOf(error));
    }
  }

  const { errors, isSubmitting } = form.formState;
  return (
    <AuthLayout
      title="Create an account"
      lead="Track your orders and check out faster."
      below={
        <>
          Already have an account? <Link href={`/sign-in${search ? `?${search}` : ""}`}>Sign in</Link>
        </>
      }
    >
      <form noValidate onSubmit={(event) => void form.handleSubmit(register)(event)}>
        {refused && <Banner severity="error">{refused}</Banner>}
        <TextField
          label="Name"
          autoComplete="name"
          maxLength={120}
          error={errors.name?.message}
          {...form.register("name", { validate: (name) => Boolean(name.trim()) || "Enter your name" })}
        />
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
          autoComplete="new-password"
          hint="At least 8 characters."
          error={errors.password?.message}
          {...form.register("password", newPassword)}
        />
        <Button type="submit" variant="primary" wide busy={isSubmitting}>
          Create account
        </Button>
      </form>
    </AuthLayout>
  );
}

function codeOf(error: unknown): string | undefined {
  return error instanceof OrdercastProblem ? error.code : undefined;
}
