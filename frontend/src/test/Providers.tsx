// What every component expects around it, for tests.
import { MantineProvider } from "@mantine/core";
import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { MemoryRouter } from "react-router";
import { makeQueryClient } from "@/api/query";
import { theme } from "@/ui/theme";

interface ProvidersProps {
  children: ReactNode;
  /** Where the router starts. */
  at?: string;
  queries?: QueryClient;
}

export function Providers({ children, at = "/", queries = makeQueryClient() }: ProvidersProps) {
  return (
    <MantineProvider theme={theme} env="test">
      <QueryClientProvider client={queries}>
        <MemoryRouter initialEntries={[at]}>{children}</MemoryRouter>
      </QueryClientProvider>
    </MantineProvider>
  );
}
