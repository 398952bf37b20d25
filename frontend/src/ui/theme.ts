// Mantine's theme, narrowed to the few sizes and colours that the design uses.
import {
  Button,
  type CSSVariablesResolver,
  createTheme,
  Input,
  localStorageColorSchemeManager,
  type MantineColorsTuple,
} from "@mantine/core";

const accent: MantineColorsTuple = [
  "#eaf1fb",
  "#d3e2f6",
  "#a9c8f7",
  "#7fb0f5",
  "#5a90de",
  "#3f78c7",
  "#2d63b1",
  "#25539a",
  "#1d4480",
  "#153563",
];

const red: MantineColorsTuple = [
  "#fdeceb",
  "#f9d2cf",
  "#f5aba5",
  "#f2857c",
  "#dd5d52",
  "#c9453a",
  "#b3352b",
  "#972a21",
  "#7b2019",
  "#5f1711",
];

export const theme = createTheme({
  primaryColor: "accent",
  primaryShade: { light: 6, dark: 3 },
  autoContrast: true,
  luminanceThreshold: 0.3,
  colors: { accent, red },
  black: "#1b1f24",
  defaultRadius: "md",
  radius: { xs: "2px", sm: "4px", md: "4px", lg: "4px", xl: "4px" },
  spacing: { xs: "4px", sm: "8px", md: "12px", lg: "16px", xl: "24px" },
  fontSizes: { xs: "11px", sm: "12px", md: "13px", lg: "15px", xl: "18px" },
  lineHeights: { xs: "1.35", sm: "1.4", md: "1.45", lg: "1.45", xl: "1.35" },
  shadows: { xs: "none", sm: "none", md: "none", lg: "none", xl: "none" },
  fontFamily:
    'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace',
  headings: { fontWeight: "600" },
  respectReducedMotion: true,
  components: {
    Button: Button.extend({
      vars: (_, { variant = "filled" }) => ({
        root: {
          "--button-height": "var(--lh-control)",
          "--button-fz": "13px",
          ...(variant === "filled" && { "--button-color": "var(--lh-on-accent)" }),
        },
      }),
      defaultProps: { fw: 550 },
    }),
    Input: Input.extend({
      vars: () => ({
        wrapper: {
          "--input-height": "var(--lh-control)",
          "--input-fz": "var(--lh-input-size)",
        },
      }),
    }),
    // Not `Modal.extend`, which would put the modal itself into the entry.
    Modal: { defaultProps: { centered: true, transitionProps: { duration: 0 }, padding: "lg" } },
  },
});

const shared = {
  "--mantine-color-body": "var(--lh-panel)",
  "--mantine-color-text": "var(--lh-text)",
  "--mantine-color-bright": "var(--lh-text)",
  "--mantine-color-dimmed": "var(--lh-muted)",
  "--mantine-color-placeholder": "var(--lh-muted)",
  "--mantine-color-anchor": "var(--lh-accent)",
  "--mantine-color-error": "var(--lh-error)",
  "--mantine-color-success": "var(--lh-ok)",
  "--mantine-color-default": "var(--lh-panel)",
  "--mantine-color-default-hover": "var(--lh-hover)",
  "--mantine-color-default-color": "var(--lh-text)",
  "--mantine-color-default-border": "var(--lh-border)",
  "--mantine-color-disabled": "var(--lh-hover)",
  "--mantine-color-disabled-color": "var(--lh-muted)",
  "--mantine-color-disabled-border": "var(--lh-line)",
  "--mantine-primary-color-contrast": "var(--lh-on-accent)",
  "--mantine-color-accent-light": "var(--lh-accent-soft)",
  "--mantine-color-accent-light-hover": "var(--lh-accent-soft)",
  "--mantine-color-accent-light-color": "var(--lh-accent)",
  "--mantine-color-red-light": "var(--lh-error-soft)",
  "--mantine-color-red-light-hover": "var(--lh-error-soft)",
  "--mantine-color-red-light-color": "var(--lh-error)",
  "--mantine-color-gray-light-hover": "var(--lh-hover)",
  "--mantine-color-gray-light-color": "var(--lh-text)",
};

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: shared,
  dark: shared,
});

export const colorSchemeManager = localStorageColorSchemeManager({ key: "labelhub-color-scheme" });

/** Colour-blind safe label colours (Okabe and Ito, 2008); after seven they repeat with dashes. */
export const LABEL_COLORS = [
  "#0072B2",
  "#E69F00",
  "#009E73",
  "#CC79A7",
  "#56B4E9",
  "#D55E00",
  "#F0E442",
] as const;

export interface LabelStyle {
  color: string;
  dashed: boolean;
  /** Colour of text set on `color`. */
  text: string;
}

export function labelStyle(index: number): LabelStyle {
  const color = LABEL_COLORS[index % LABEL_COLORS.length] ?? LABEL_COLORS[0];
  const dashed = Math.floor(index / LABEL_COLORS.length) % 2 === 1;
  return { color, dashed, text: color === "#0072B2" ? "#fff" : "#111" };
}
