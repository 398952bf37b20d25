// The shell's menus, by the browser's own popover: light, and closed by Esc or a click elsewhere.
import { type ReactNode, useId, useRef } from "react";
import { Link } from "react-router";
import { Icon, type IconName } from "@/ui/icons";
import classes from "./DropMenu.module.css";

interface DropMenuProps {
  label: string;
  /** What the button shows. */
  face: ReactNode;
  className?: string;
  /** The edge of the window at which it opens. */
  side: "start" | "end";
  children: ReactNode;
}

export function DropMenu({ label, face, className, side, children }: DropMenuProps) {
  const id = useId();
  const menu = useRef<HTMLDivElement>(null);
  return (
    <>
      <button
        type="button"
        className={className}
        popoverTarget={id}
        aria-label={label}
        title={label}
        aria-haspopup="true"
      >
        {face}
      </button>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/noStaticElementInteractions: closes after any choice inside */}
      <div
        ref={menu}
        id={id}
        popover="auto"
        className={classes.menu}
        data-side={side}
        onClick={() => menu.current?.hidePopover()}
      >
        {children}
      </div>
    </>
  );
}

export function MenuHead({ children }: { children: ReactNode }) {
  return <div className={classes.head}>{children}</div>;
}

interface MenuLinkProps {
  to: string;
  icon: IconName;
  children: ReactNode;
}

export function MenuLink({ to, icon, children }: MenuLinkProps) {
  return (
    <Link to={to} className={classes.item}>
      <Icon name={icon} />
      {children}
    </Link>
  );
}

export function MenuButton({ onClick, children }: { onClick: () => void; children: ReactNode }) {
  return (
    <button type="button" className={classes.item} onClick={onClick}>
      <span className={classes.noIcon} />
      {children}
    </button>
  );
}
