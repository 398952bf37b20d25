// Light or dark: as the user chose on any machine, at once from this browser's memory.
import { useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { useEffect } from "react";
import { useChangeSession, useUser } from "@/api/session";

/** Follows the user's theme; returns how to switch it. */
export function useTheme(): () => void {
  const { theme } = useUser();
  const { setColorScheme } = useMantineColorScheme();
  const shown = useComputedColorScheme("light");
  const change = useChangeSession();
  useEffect(() => setColorScheme(theme), [setColorScheme, theme]);
  return () => {
    const next = shown === "dark" ? "light" : "dark";
    setColorScheme(next);
    // Without a line it stays a matter of this browser.
    change.mutate({ theme: next });
  };
}
