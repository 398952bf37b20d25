// What stands where a screen should be.
import { Button } from "@mantine/core";
import { Component, type ReactNode } from "react";
import { Link, useLocation } from "react-router";
import { useMessages } from "@/i18n/messages";
import { Page } from "@/ui/Page";
import { Empty } from "@/ui/states";
import { messages } from "./messages";

export function NotFound() {
  const t = useMessages(messages);
  return (
    <Page title="">
      <Empty
        icon="search"
        title={t.notFound}
        action={
          <Button component={Link} to="/projects" variant="default">
            {t.toProjects}
          </Button>
        }
      >
        {t.notFoundText}
      </Empty>
    </Page>
  );
}

/** A chunk that is gone after an upgrade, or an error of ours. */
function Crashed({ error }: { error: unknown }) {
  const t = useMessages(messages);
  const text = error instanceof Error ? error.message : String(error);
  const upgraded = /dynamically imported module|module script/.test(text);
  return (
    <Page title="">
      <Empty
        icon="warning"
        title={upgraded ? t.newVersion : t.crashed}
        action={<Button onClick={() => location.reload()}>{t.reload}</Button>}
      >
        {!upgraded && (
          <>
            <p>{t.crashedText}</p>
            <p>
              <code>{text}</code>
            </p>
          </>
        )}
      </Empty>
    </Page>
  );
}

/** Keeps a screen's failure to the screen; the shell and the outbox go on. */
export function CrashGuard({ children }: { children: ReactNode }) {
  const { pathname } = useLocation();
  return <Guard key={pathname}>{children}</Guard>;
}

class Guard extends Component<{ children: ReactNode }, { error: unknown; failed: boolean }> {
  override state = { error: null, failed: false };

  static getDerivedStateFromError(error: unknown) {
    return { error, failed: true };
  }

  override render() {
    return this.state.failed ? <Crashed error={this.state.error} /> : this.props.children;
  }
}
