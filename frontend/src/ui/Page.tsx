// The frames of a screen: a page that scrolls, or a work area with a side panel.
import { type ReactNode, type RefObject, useEffect, useRef } from "react";
import classes from "./Page.module.css";

interface PageProps {
  title: string;
  /** One quiet line under the title. */
  description?: ReactNode;
  /** Buttons on the right of the title. */
  actions?: ReactNode;
  /** Filters and the like, which stay in sight while the page scrolls. */
  toolbar?: ReactNode;
  children: ReactNode;
  /** Lists and charts use all of the width; forms read better when narrow. */
  width?: "full" | "narrow";
}

export function Page({
  title,
  description,
  actions,
  toolbar,
  children,
  width = "full",
}: PageProps) {
  useDocumentTitle(title);
  const main = useMainFocus();
  return (
    <main className={classes.page} data-width={width} id="main" tabIndex={-1} ref={main}>
      <header className={classes.header}>
        <div className={classes.headline}>
          {title && <h1 className={classes.title}>{title}</h1>}
          {description && <div className={classes.description}>{description}</div>}
        </div>
        {actions && <div className={classes.actions}>{actions}</div>}
      </header>
      {toolbar && <div className={classes.toolbar}>{toolbar}</div>}
      <div className={classes.body}>{children}</div>
    </main>
  );
}

interface WorkspaceProps {
  title: string;
  children: ReactNode;
  /** The 280 px panel on the right; below 900 px the screen shows it in its own way. */
  aside?: ReactNode;
  asideLabel?: string;
}

/** The full area without scrolling: labeling, review and the like. */
export function Workspace({ title, children, aside, asideLabel }: WorkspaceProps) {
  useDocumentTitle(title);
  const main = useMainFocus();
  return (
    <div className={classes.workspace}>
      <main className={classes.work} id="main" tabIndex={-1} ref={main}>
        <h1 className="lh-hidden">{title}</h1>
        {children}
      </main>
      {aside && (
        <aside className={classes.aside} aria-label={asideLabel}>
          {aside}
        </aside>
      )}
    </div>
  );
}

interface SectionProps {
  /** A place that addresses can name: `…#pairs`. */
  id?: string;
  title?: string;
  actions?: ReactNode;
  children: ReactNode;
}

/** A bordered block with an optional heading; pages are made of these. */
export function Section({ id, title, actions, children }: SectionProps) {
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    if (id && window.location.hash === `#${id}`) section.current?.scrollIntoView();
  }, [id]);
  return (
    <section className={classes.section} id={id} ref={section}>
      {(title || actions) && (
        <div className={classes.sectionHead}>
          {title && <h2 className={classes.sectionTitle}>{title}</h2>}
          {actions && <div className={classes.actions}>{actions}</div>}
        </div>
      )}
      {children}
    </section>
  );
}

/**
 * After a change of screen the focus is on the link that led here, or nowhere: it goes to the
 * screen, so that a screen reader starts there. A field that took it by itself keeps it.
 */
function useMainFocus(): RefObject<HTMLElement | null> {
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    const active = document.activeElement;
    const elsewhere = active === null || active === document.body || active.closest("nav, header");
    if (elsewhere && !main.current?.contains(active)) main.current?.focus({ preventScroll: true });
  }, []);
  return main;
}

export function useDocumentTitle(title: string): void {
  useEffect(() => {
    document.title = title ? `${title} · LabelHub` : "LabelHub";
  }, [title]);
}
