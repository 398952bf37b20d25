// The project's name and its sections: tabs, and a menu of all of them where they don't fit.
import { type RefObject, useEffect, useRef, useState } from "react";
import { Link, NavLink, useLocation } from "react-router";
import { roleIn, useProject, useProjectId } from "@/api/project";
import { useUser } from "@/api/session";
import { useMessages } from "@/i18n/messages";
import { Icon } from "@/ui/icons";
import { DropMenu, MenuLink } from "./DropMenu";
import { messages } from "./messages";
import { sectionsFor } from "./places";
import classes from "./Shell.module.css";

export function ProjectNav() {
  const t = useMessages(messages);
  const id = useProjectId();
  const user = useUser();
  const project = useProject(id).data;
  const tabs = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const sections = project ? sectionsFor(roleIn(project, user), project) : [];
  const hidden = useHiddenEnds(tabs, sections.length);
  // Where the tabs scroll sideways, the one of this screen should be in sight.
  // biome-ignore lint/correctness/useExhaustiveDependencies: anew for each address, and once the tabs are there
  useEffect(() => {
    const current = tabs.current?.querySelector('[aria-current="page"]');
    current?.scrollIntoView?.({ inline: "center", block: "nearest" });
  }, [pathname, project?.id]);
  if (!Number.isInteger(id)) return <div className={classes.gap} />;
  const addressOf = (path: string) => (path ? `/projects/${id}/${path}` : `/projects/${id}`);
  return (
    <>
      <Link to={`/projects/${id}`} className={classes.projectName} title={project?.name}>
        {project?.name ?? "…"}
      </Link>
      <nav
        className={classes.tabs}
        aria-label={t.projectSections}
        ref={tabs}
        data-more-before={hidden.before || undefined}
        data-more-after={hidden.after || undefined}
      >
        {sections.map(({ name, path }) => (
          <NavLink key={name} to={addressOf(path)} end={path === ""} className={classes.tab}>
            {t[name]}
          </NavLink>
        ))}
      </nav>
      {(hidden.before || hidden.after) && (
        <DropMenu
          side="end"
          label={t.projectSections}
          className={classes.sections}
          face={<Icon name="down" />}
        >
          {sections.map(({ name, path, icon }) => (
            <MenuLink key={name} to={addressOf(path)} icon={icon}>
              {t[name]}
            </MenuLink>
          ))}
        </DropMenu>
      )}
    </>
  );
}

interface HiddenEnds {
  before: boolean;
  after: boolean;
}

/** Whether a row that scrolls sideways has more to show at its start and at its end. */
function useHiddenEnds(row: RefObject<HTMLElement | null>, entries: number): HiddenEnds {
  const [ends, setEnds] = useState<HiddenEnds>({ before: false, after: false });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the row is another one once there are entries
  useEffect(() => {
    const box = row.current;
    if (!box) return;
    const look = () => {
      const offset = Math.abs(box.scrollLeft);
      const before = offset > 1;
      const after = offset + box.clientWidth < box.scrollWidth - 1;
      setEnds((last) =>
        last.before === before && last.after === after ? last : { before, after },
      );
    };
    look();
    const observer = new ResizeObserver(look);
    observer.observe(box);
    box.addEventListener("scroll", look, { passive: true });
    return () => {
      observer.disconnect();
      box.removeEventListener("scroll", look);
    };
  }, [row, entries]);
  return ends;
}
