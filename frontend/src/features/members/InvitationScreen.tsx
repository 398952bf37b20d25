// Behind an invitation link: join with the account at hand, or make one first.
import { Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import "@mantine/core/styles/PasswordInput.css";
import { useForm } from "@mantine/form";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import type { ApiError } from "@/api/errors";
import { keys } from "@/api/query";
import { useSession } from "@/api/session";
import { useMessages } from "@/i18n/messages";
import { showFieldErrors } from "@/ui/form";
import { messages as common } from "@/ui/messages";
import { useDocumentTitle } from "@/ui/Page";
import { Empty, Loaded } from "@/ui/states";
import classes from "./InvitationScreen.module.css";
import { messages } from "./messages";
import { type NewAccount, useAcceptInvitation, useInvitation } from "./requests";

interface InvitationScreenProps {
  /** Leads to the sign-in; left out where somebody is signed in. */
  onHaveAccount?: () => void;
}

export function InvitationScreen({ onHaveAccount }: InvitationScreenProps) {
  const t = useMessages(messages);
  const { toProjects } = useMessages(common);
  const code = useParams().code ?? "";
  const user = useSession().data?.user;
  const invitation = useInvitation(code);
  const accept = useAcceptInvitation(code);
  const go = useNavigate();
  const queries = useQueryClient();
  useDocumentTitle(invitation.data ? t.invitedTitle(invitation.data.project) : "");
  if (!invitation.data) {
    return (
      <main className={classes.page} id="main" tabIndex={-1}>
        {invitation.error && isRefusal(invitation.error) ? (
          <Empty
            icon="warning"
            title={t.ended}
            action={
              <Button component={Link} to="/projects" variant="default">
                {toProjects}
              </Button>
            }
          >
            {invitation.error.detail}
          </Empty>
        ) : (
          <Loaded query={invitation}>{() => null}</Loaded>
        )}
      </main>
    );
  }
  const { project, role, invited_by } = invitation.data;
  const join = async (account: NewAccount | null) => {
    const joined = await accept.mutateAsync(account);
    const to = `/projects/${joined.project}`;
    if (user) {
      void queries.invalidateQueries({ queryKey: keys.projects });
      await go(to, { replace: true });
    } else {
      // A new session begins: with a fresh page, so that nothing of before is left.
      location.assign(to);
    }
  };
  return (
    <main className={classes.page} id="main" tabIndex={-1}>
      <div className={classes.card}>
        <h1 className={classes.title}>{t.invitedTitle(project)}</h1>
        <p className={classes.text}>
          {t.invitedText(invited_by, t[`role_${role}`].toLowerCase())} {t[`role_${role}_text`]}
        </p>
        {user ? (
          <>
            {accept.error && (
              <p className={classes.refusal} role="alert">
                {accept.error.detail}
              </p>
            )}
            <Button
              fullWidth
              loading={accept.isPending}
              onClick={() => void join(null).catch(() => {})}
            >
              {t.joinAs(user.display_name || user.username)}
            </Button>
          </>
        ) : (
          <NewAccountForm onJoin={join} busy={accept.isPending} onHaveAccount={onHaveAccount} />
        )}
      </div>
    </main>
  );
}

/** The server knows it and says no; anything else may pass. */
function isRefusal({ status }: ApiError): boolean {
  return status >= 400 && status < 500 && status !== 429;
}

interface NewAccountFormProps extends InvitationScreenProps {
  onJoin: (account: NewAccount) => Promise<unknown>;
  busy: boolean;
}

function NewAccountForm({ onJoin, busy, onHaveAccount }: NewAccountFormProps) {
  const t = useMessages(messages);
  const [refusal, setRefusal] = useState<string | null>(null);
  const form = useForm<NewAccount>({
    initialValues: { display_name: "", username: "", password: "" },
  });
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setRefusal(null);
    try {
      await onJoin(form.values);
    } catch (error) {
      setRefusal(showFieldErrors(form, error as Parameters<typeof showFieldErrors>[1]));
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack gap="md">
        <TextInput
          label={t.displayName}
          description={t.displayNameHint}
          autoComplete="name"
          autoFocus
          maxLength={100}
          {...form.getInputProps("display_name")}
        />
        <TextInput
          label={t.username}
          autoComplete="username"
          autoCapitalize="none"
          required
          withAsterisk={false}
          maxLength={150}
          {...form.getInputProps("username")}
        />
        <PasswordInput
          label={t.password}
          description={t.passwordHint}
          autoComplete="new-password"
          required
          withAsterisk={false}
          minLength={10}
          {...form.getInputProps("password")}
        />
        {refusal && (
          <p className={classes.refusal} role="alert">
            {refusal}
          </p>
        )}
        <Button type="submit" fullWidth loading={busy}>
          {t.newAccount}
        </Button>
        {onHaveAccount && (
          <Button variant="subtle" fullWidth onClick={onHaveAccount}>
            {t.haveAccount}
          </Button>
        )}
      </Stack>
    </form>
  );
}
