import { ActionIcon, useComputedColorScheme } from "@mantine/core";
import { Link } from "react-router";
import { useSignOut, useUser } from "@/api/session";
import { runCommand } from "@/commands/registry";
import { useMessages } from "@/i18n/messages";
import { outboxStatus } from "@/outbox/status";
import { confirm } from "@/ui/confirm";
import { Icon } from "@/ui/icons";
import { DropMenu, MenuButton, MenuHead, MenuLink } from "./DropMenu";
import { Logo } from "./Logo";
import { messages } from "./messages";
import { ProjectNav } from "./ProjectNav";
import { PLACES } from "./places";
import classes from "./Shell.module.css";

export function TopBar() {
  const t = useMessages(messages);
  return (
    <header className={classes.topbar}>
      <Link to="/projects" className={classes.logo} aria-label={t.projects}>
        <Logo />
      </Link>
      <PhoneMenu />
      <ProjectNav />
      <div className={classes.tools}>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t.help}
          title={t.help}
          onClick={() => runCommand("app.help")}
        >
          <Icon name="help" />
        </ActionIcon>
        <ThemeButton />
        <UserMenu />
      </div>
    </header>
  );
}

/** On narrow screens the rail is in here. */
function PhoneMenu() {
  const t = useMessages(messages);
  return (
    <DropMenu side="start" label={t.menu} className={classes.phoneMenu} face={<Icon name="menu" />}>
      {PLACES.map(({ name, to, icon }) => (
        <MenuLink key={name} to={to} icon={icon}>
          {t[name]}
        </MenuLink>
      ))}
    </DropMenu>
  );
}

function ThemeButton() {
  const t = useMessages(messages);
  const dark = useComputedColorScheme("light") === "dark";
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      className={classes.themeButton}
      aria-label={t.theme}
      title={t.theme}
      onClick={() => runCommand("app.theme")}
    >
      <Icon name={dark ? "sun" : "moon"} />
    </ActionIcon>
  );
}

function UserMenu() {
  const t = useMessages(messages);
  const user = useUser();
  const name = user.display_name || user.username;
  const initial = name.slice(0, 1).toUpperCase();
  return (
    <DropMenu side="end" label={t.userMenu(name)} className={classes.user} face={initial}>
      <MenuHead>{t.userMenu(name)}</MenuHead>
      <MenuLink to="/account" icon="user">
        {t.account}
      </MenuLink>
      <MenuLink to="/tokens" icon="key">
        {t.tokens}
      </MenuLink>
      <SignOutItem user={user.id} />
    </DropMenu>
  );
}

function SignOutItem({ user }: { user: number }) {
  const t = useMessages(messages);
  const signOut = useSignOut();
  const leave = async () => {
    const { waiting } = outboxStatus.getState();
    const sure =
      waiting === 0 ||
      (await confirm({
        title: t.signOut,
        body: t.signedOutWaiting(waiting),
        action: t.signOutAnyway,
      }));
    if (!sure) return;
    // Nobody who signs in next on this device shall find what was taken along.
    await import("@/outbox/returnKit").then((kit) => kit.returnKit(user)).catch(() => {});
    signOut.mutate();
  };
  return <MenuButton onClick={() => void leave()}>{t.signOut}</MenuButton>;
}
