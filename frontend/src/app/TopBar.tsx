import { ActionIcon, useComputedColorScheme } from "@mantine/core";
import { useEffect, useRef } from "react";
import { Link, NavLink, useLocation } from "react-router";
import { roleIn, useProject, useProjectId } from "@/api/project";
import { useSignOut, useUser } from "@/api/session";
import { runCommand } from "@/commands/registry";
import { useMessages } from "@/i18n/messages";
import { outboxStatus } from "@/outbox/status";
import { confirm } from "@/ui/confirm";
import { Icon } from "@/ui/icons";
import { DropMenu, MenuButton, MenuHead, MenuLink } from "./DropMenu";
import { Logo } from "./Logo";
import { messages } from "./messages";
import { PLACES, sectionsFor } from "./places";
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

/** The project's name and its sections as tabs. */
function ProjectNav() {
  const t = useMessages(messages);
  const id = useProjectId();
  const user = useUser();
  const project = useProject(id).data;
  const tabs = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  // On a phone the tabs scroll sideways, and the one of this screen should be in sight.
  // biome-ignore lint/correctness/useExhaustiveDependencies: anew for each address, and once the tabs are there
  useEffect(() => {
    const current = tabs.current?.querySelector('[aria-current="page"]');
    current?.scrollIntoView?.({ inline: "center", block: "nearest" });
  }, [pathname, project?.id]);
  if (!Number.isInteger(id)) return <div className={classes.gap} />;
  const sections = project ? sectionsFor(roleIn(project, user)) : [];
  return (
    <>
      <Link to={`/projects/${id}`} className={classes.projectName} title={project?.name}>
        {project?.name ?? "…"}
      </Link>
      <nav className={classes.tabs} aria-label={t.projectSections} ref={tabs}>
        {sections.map(({ name, path }) => (
          <NavLink
            key={name}
            to={path ? `/projects/${id}/${path}` : `/projects/${id}`}
            end={path === ""}
            className={classes.tab}
          >
            {t[name]}
          </NavLink>
        ))}
      </nav>
    </>
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
      <SignOutItem />
    </DropMenu>
  );
}

function SignOutItem() {
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
    if (sure) signOut.mutate();
  };
  return <MenuButton onClick={() => void leave()}>{t.signOut}</MenuButton>;
}
