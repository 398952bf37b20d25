// One's own account: name, language, theme, password, keys.
import {
  Button,
  NativeSelect,
  PasswordInput,
  TextInput,
  useMantineColorScheme,
} from "@mantine/core";
import "@mantine/core/styles/PasswordInput.css";
import { useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Link } from "react-router";
import { client, unwrap } from "@/api/client";
import type { ApiError } from "@/api/errors";
import { useChangeSession, useUser } from "@/api/session";
import { LANGUAGES } from "@/i18n/languages";
import { useMessages } from "@/i18n/messages";
import { showFieldErrors } from "@/ui/form";
import { notify, notifyProblem } from "@/ui/notify";
import { Page, Section } from "@/ui/Page";
import { Segmented } from "@/ui/Segmented";
import classes from "./AccountScreen.module.css";
import { KeysSection } from "./KeysSection";
import { messages } from "./messages";

export function AccountScreen() {
  const t = useMessages(messages);
  const user = useUser();
  return (
    <Page title={t.title} description={t.signedInAs(user.username)} width="narrow">
      <Profile />
      <Appearance />
      <Password />
      <KeysSection />
      <Section title={t.tokens}>
        <div className={classes.row}>
          <p className={classes.text}>{t.tokensText}</p>
          <Button component={Link} to="/tokens" variant="default">
            {t.toTokens}
          </Button>
        </div>
      </Section>
    </Page>
  );
}

const CHOICES = Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }));

function Profile() {
  const t = useMessages(messages);
  const user = useUser();
  const change = useChangeSession();
  const [refusal, setRefusal] = useState<string | null>(null);
  const form = useForm({
    initialValues: { display_name: user.display_name ?? "", language: user.language ?? "" },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setRefusal(null);
    change.mutate(form.values, {
      onError: (error) => setRefusal(showFieldErrors(form, error)),
      onSuccess: () => {
        form.resetDirty();
        notify(t.saved);
      },
    });
  };
  return (
    <Section title={t.profile}>
      <form className={classes.form} onSubmit={submit}>
        <TextInput
          label={t.displayName}
          description={t.displayNameHint}
          maxLength={100}
          autoComplete="name"
          {...form.getInputProps("display_name")}
        />
        <NativeSelect
          label={t.language}
          description={t.languageHint}
          data={[{ value: "", label: t.languageOfBrowser }, ...CHOICES]}
          {...form.getInputProps("language")}
        />
        {refusal && (
          <p className={classes.refusal} role="alert">
            {refusal}
          </p>
        )}
        <div>
          <Button type="submit" loading={change.isPending} disabled={!form.isDirty()}>
            {t.save}
          </Button>
        </div>
      </form>
    </Section>
  );
}

type Theme = "auto" | "light" | "dark";

function Appearance() {
  const t = useMessages(messages);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const change = useChangeSession();
  const choose = (theme: Theme) => {
    setColorScheme(theme);
    change.mutate({ theme }, { onError: notifyProblem });
  };
  return (
    <Section title={t.appearance}>
      <div className={classes.row}>
        <p className={classes.text}>{t.themeHint}</p>
        <Segmented
          label={t.theme}
          value={colorScheme}
          onChange={choose}
          options={(["auto", "light", "dark"] as const).map((value) => ({
            value,
            label: t[`theme_${value}`],
          }))}
        />
      </div>
    </Section>
  );
}

function usePassword() {
  return useMutation({
    mutationFn: (body: { current: string; new: string }) =>
      unwrap(client.POST("/api/v1/session/password/", { body })),
  });
}

function Password() {
  const t = useMessages(messages);
  const user = useUser();
  const change = usePassword();
  const [refusal, setRefusal] = useState<string | null>(null);
  const form = useForm({ initialValues: { current: "", new: "" } });
  const ready = form.values.current !== "" && form.values.new !== "";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setRefusal(null);
    change.mutate(form.values, {
      onError: (error: ApiError) => setRefusal(showFieldErrors(form, error)),
      onSuccess: () => {
        form.reset();
        notify(t.changed);
      },
    });
  };
  return (
    <Section title={t.password}>
      <form className={classes.form} onSubmit={submit}>
        {/* Lets password managers know whose password it is. */}
        <input
          type="hidden"
          name="username"
          autoComplete="username"
          value={user.username}
          readOnly
        />
        <PasswordInput
          label={t.current}
          autoComplete="current-password"
          {...form.getInputProps("current")}
        />
        <PasswordInput
          label={t.new}
          description={t.newHint}
          autoComplete="new-password"
          {...form.getInputProps("new")}
        />
        {refusal && (
          <p className={classes.refusal} role="alert">
            {refusal}
          </p>
        )}
        <div>
          <Button type="submit" variant="default" loading={change.isPending} disabled={!ready}>
            {t.change}
          </Button>
        </div>
      </form>
    </Section>
  );
}
