// The icons, drawn for 16 px with a 1.5 px line. They are decoration: the control carries the name.
import type { ReactNode } from "react";

const shapes = {
  projects: <path d="M2.5 4.5h11v8h-11zM2.5 7h11M6 4.5V3h4v1.5" />,
  datasets: <path d="M2.5 2.5h4.5v4.5H2.5zM9 2.5h4.5v4.5H9zM2.5 9h4.5v4.5H2.5zM9 9h4.5v4.5H9z" />,
  status: <path d="M1.5 8.5h3l2-5.5 3 10.5 2-5h3" />,
  key: <path d="M9.5 6.5a3 3 0 1 0-3 3 3 3 0 0 0 3-3zM8.7 8.6l5 5M11.5 11.4l1.5-1.5" />,
  user: (
    <path d="M8 8a2.7 2.7 0 1 0 0-5.4A2.7 2.7 0 0 0 8 8zM2.8 13.8c.6-2.6 2.6-4 5.2-4s4.6 1.4 5.2 4" />
  ),
  users: (
    <path d="M6 7.6a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6zM1.6 13c.4-2.3 2.1-3.5 4.4-3.5s4 1.2 4.4 3.5M10.5 3.2a2.2 2.2 0 0 1 0 4.2M12 9.8c1.3.5 2.1 1.6 2.4 3.2" />
  ),
  label: <path d="M8.6 2.5h4.9v4.9l-6.2 6.2-4.9-4.9zM11 5h.01" />,
  chart: <path d="M2.5 2.5v11h11M5 10.5l2.5-3.2 2.3 1.8 3.2-4.6" />,
  review: <path d="M2.5 3.5h11v7h-6l-3 2.5v-2.5h-2zM5.5 7l1.7 1.6L10.5 5.5" />,
  quality: (
    <path d="M8 1.8 13.5 4v4c0 3-2.2 5.2-5.5 6.2C4.7 13.2 2.5 11 2.5 8V4zM5.6 8l1.7 1.7 3.2-3.4" />
  ),
  runs: <path d="M4.5 2.8v10.4L13 8z" />,
  export: <path d="M8 2.5v7.5M4.8 6.9 8 10.1l3.2-3.2M2.5 10.5v3h11v-3" />,
  import: <path d="M8 10V2.6M4.8 5.7 8 2.5l3.2 3.2M2.5 10.5v3h11v-3" />,
  settings: <path d="M2.5 4.5h6M11.5 4.5h2M2.5 11.5h2M7.5 11.5h6M10 3v3M6 10v3" />,
  help: <path d="M5.7 6a2.3 2.3 0 1 1 3.4 2c-.8.5-1.1.9-1.1 1.8M8 12.5h.01" />,
  sun: (
    <path d="M8 10.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6zM8 1.5v1.2M8 13.3v1.2M1.5 8h1.2M13.3 8h1.2M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9" />
  ),
  moon: <path d="M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8z" />,
  menu: <path d="M2.5 4.5h11M2.5 8h11M2.5 11.5h11" />,
  close: <path d="m3.5 3.5 9 9M12.5 3.5l-9 9" />,
  plus: <path d="M8 3v10M3 8h10" />,
  minus: <path d="M3 8h10" />,
  check: <path d="m3 8.5 3.3 3.3L13 4.8" />,
  warning: <path d="M8 2.5 14.2 13H1.8zM8 6.5v3M8 11.3h.01" />,
  offline: (
    <path d="M2 6.2A9 9 0 0 1 8 4c1.4 0 2.7.3 3.8.8M4.2 8.7A5.6 5.6 0 0 1 8 7.2M6.3 11.2a2.4 2.4 0 0 1 3.4 0M2.5 2.5l11 11" />
  ),
  left: <path d="M10 3 5 8l5 5" />,
  right: <path d="m6 3 5 5-5 5" />,
  up: <path d="m3 10 5-5 5 5" />,
  down: <path d="m3 6 5 5 5-5" />,
  undo: <path d="M5.5 3 2.5 6l3 3M2.8 6h6.4a4 4 0 0 1 0 8H6.5" />,
  skip: <path d="M3 3.5v9L9.5 8zM12.5 3.5v9" />,
  flag: <path d="M3.5 14V2.5h8L9.8 5.6l1.7 3.1h-8" />,
  enlarge: <path d="M9.5 2.5h4v4M6.5 13.5h-4v-4M13.2 2.8 9.3 6.7M2.8 13.2l3.9-3.9" />,
  search: <path d="M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3l3.2 3.2" />,
  image: <path d="M2.5 3h11v10h-11zM2.5 11l3.2-3.5 2.6 2.7 1.9-1.9 3.3 3M10.3 6h.01" />,
  bolt: <path d="M9 1.8 3.5 9h4L7 14.2 12.5 7h-4z" />,
  info: <path d="M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 7.3V11M8 5h.01" />,
  trash: <path d="M3 4.5h10M6 4.5V3h4v1.5M4.2 4.5l.6 9h6.4l.6-9" />,
  more: <path d="M3.5 8h.01M8 8h.01M12.5 8h.01" />,
  external: <path d="M9 2.5h4.5V7M13.2 2.8 7.5 8.5M11.5 9.5v4h-9v-9h4" />,
  copy: <path d="M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3" />,
  pointer: <path d="m3.5 2.5 9 5.2-4 1.2-1.9 4z" />,
  box: <path d="M3.5 3.5h9v9h-9zM2 3.5h1.5V2M14 3.5h-1.5V2M2 12.5h1.5V14M14 12.5h-1.5V14" />,
  polygon: <path d="M4 12.5 2.5 6 8 2.5 13.5 6l-2 6.5z" />,
  points: <path d="M4 5.5h.01M12 5.5h.01M8 9h.01M5 12.5h.01M11 12.5h.01" strokeWidth="2.6" />,
  eye: (
    <path d="M1.8 8S4 3.8 8 3.8 14.2 8 14.2 8 12 12.2 8 12.2 1.8 8 1.8 8zM8 9.8a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6z" />
  ),
  eyeOff: <path d="M1.8 8S4 3.8 8 3.8 14.2 8 14.2 8 12 12.2 8 12.2 1.8 8 1.8 8zM2.5 13.5l11-11" />,
  lock: <path d="M3.5 7.5h9v6h-9zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5" />,
  unlock: <path d="M3.5 7.5h9v6h-9zM5.5 7.5V5a2.5 2.5 0 0 1 4.8-.9" />,
  redo: <path d="M10.5 3l3 3-3 3M13.2 6H6.8a4 4 0 0 0 0 8h2.7" />,
  zoomIn: <path d="M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3l3.2 3.2M7 5v4M5 7h4" />,
  zoomOut: <path d="M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3l3.2 3.2M5 7h4" />,
  fit: <path d="M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10M5.5 5.5h5v5h-5z" />,
  contrast: <path d="M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 2v12M8 5h5M8 8h6M8 11h5" />,
  mirror: <path d="M8 2v12M6 4.5 2.5 12H6zM10 4.5l3.5 7.5H10z" />,
  refresh: <path d="M13 8a5 5 0 1 1-1.6-3.7L13 5.8M13 2.5v3.3H9.7" />,
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof shapes;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      focusable="false"
    >
      {shapes[name]}
    </svg>
  );
}
