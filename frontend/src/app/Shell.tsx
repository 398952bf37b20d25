// The frame around every screen: top bar, rail, the screen, status bar.
import { lazy, Suspense, useEffect } from "react";
import { NavLink, Outlet } from "react-router";
import { useStore } from "zustand";
import { signInNeeded } from "@/api/http";
import { HelpHost } from "@/commands/HelpHost";
import { openHelp } from "@/commands/help";
import { useCommands } from "@/commands/useCommands";
import { useMessages } from "@/i18n/messages";
import { LiveRegion } from "@/ui/announce";
import { ConfirmHost } from "@/ui/confirm";
import { Icon } from "@/ui/icons";
import { ToastHost } from "@/ui/notify";
import { Loading } from "@/ui/states";
import { messages } from "./messages";
import { PLACES } from "./places";
import { preloadLabelScreen } from "./preload";
import classes from "./Shell.module.css";
import { StatusBanner } from "./StatusBanner";
import { StatusBar } from "./StatusBar";
import { TopBar } from "./TopBar";
import { useTheme } from "./useTheme";

const SignInDialog = lazy(async () => ({ default: (await import("./SignIn")).SignInDialog }));

export function Shell() {
  const t = useMessages(messages);
  useGlobalCommands();
  useEffect(preloadLabelScreen, []);
  return (
    <div className={classes.shell}>
      <a className={classes.skip} href="#main">
        {t.skipToContent}
      </a>
      <TopBar />
      <Rail />
      <div className={classes.screen}>
        <StatusBanner />
        <div className={classes.content}>
          <Suspense fallback={<Loading />}>
            <Outlet />
          </Suspense>
        </div>
      </div>
      <StatusBar />
      <HelpHost />
      <ConfirmHost />
      <SignInHost />
      <ToastHost />
      <LiveRegion />
    </div>
  );
}

function SignInHost() {
  const { needed } = useStore(signInNeeded);
  return <Suspense>{needed && <SignInDialog />}</Suspense>;
}

function Rail() {
  const t = useMessages(messages);
  return (
    <nav className={classes.rail} aria-label={t.places}>
      {PLACES.map(({ name, to, icon }) => (
        <NavLink key={name} to={to} className={classes.place} aria-label={t[name]} title={t[name]}>
          <Icon name={icon} size={18} />
        </NavLink>
      ))}
    </nav>
  );
}

function useGlobalCommands(): void {
  const t = useMessages(messages);
  const toggleTheme = useTheme();
  useCommands([
    { id: "app.help", label: t.help, keys: ["?"], scope: "global", run: openHelp },
    { id: "app.theme", label: t.theme, keys: ["Mod+J"], scope: "global", run: toggleTheme },
  ]);
}
