// Signing in: as a page at the start, and as a dialog over the screen when a session has ended.
import { Button, Modal, PasswordInput, Stack, TextInput } from "@mantine/core";
import "@mantine/core/styles/PasswordInput.css";
import { type FormEvent, useState } from "react";
import { putOffSignIn } from "@/api/http";
import { useSession, useSignIn } from "@/api/session";
import { useMessages } from "@/i18n/messages";
import { useDocumentTitle } from "@/ui/Page";
import { Logo } from "./Logo";
import { messages } from "./messages";
import classes from "./SignIn.module.css";
import { statusMessages } from "./statusMessages";

function SignInForm({ username: known = "" }: { username?: string }) {
  const t = useMessages(messages);
  const signIn = useSignIn();
  const [username, setUsername] = useState(known);
  const [password, setPassword] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate({ username, password });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <TextInput
          label={t.username}
          value={username}
          onChange={(event) => setUsername(event.currentTarget.value)}
          autoComplete="username"
          autoCapitalize="none"
          data-autofocus={known ? undefined : true}
          autoFocus={!known}
          required
          withAsterisk={false}
        />
        <PasswordInput
          label={t.password}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          autoComplete="current-password"
          data-autofocus={known ? true : undefined}
          required
          withAsterisk={false}
        />
        {signIn.error && (
          <p className={classes.error} role="alert">
            {signIn.error.detail}
          </p>
        )}
        <Button type="submit" loading={signIn.isPending} fullWidth>
          {t.signIn}
        </Button>
      </Stack>
    </form>
  );
}

export function SignInPage() {
  const t = useMessages(messages);
  const session = useSession();
  useDocumentTitle(t.signIn);
  return (
    <main className={classes.page}>
      <div className={classes.card}>
        <Logo size={32} />
        <h1 className={classes.title}>{t.signInTitle}</h1>
        <p className={classes.tagline}>{t.tagline}</p>
        <SignInForm />
      </div>
      <p className={classes.version}>LabelHub {session.data?.version}</p>
    </main>
  );
}

/** Over the current screen, which stays as it is underneath. */
export function SignInDialog() {
  const t = useMessages(messages);
  const status = useMessages(statusMessages);
  const user = useSession().data?.user;
  return (
    <Modal
      opened
      onClose={putOffSignIn}
      title={t.signInAgain}
      size={400}
      closeButtonProps={{ "aria-label": status.close }}
      returnFocus
    >
      <p className={classes.again}>{t.signInAgainText}</p>
      <SignInForm username={user?.username} />
    </Modal>
  );
}
