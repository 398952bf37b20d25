import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useState } from "react";
import { BrowserRouter, Route, Routes } from "react-router";
import { signInNeeded } from "@/api/http";
import { queryClient } from "@/api/query";
import { useSession } from "@/api/session";
import { listen } from "@/commands/registry";
import { outbox, watchWindow } from "@/outbox/outbox";
import { Loading, Problem } from "@/ui/states";
import { colorSchemeManager, theme } from "@/ui/theme";
import { useLanguage } from "./languages";
import { Screens } from "./routes";

const InvitationScreen = lazy(async () => ({
  default: (await import("@/features/members/InvitationScreen")).InvitationScreen,
}));
const SignInPage = lazy(async () => ({ default: (await import("./SignIn")).SignInPage }));

/** The server writes it into the page; see `html.cspNonce` in vite.config.ts. */
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce;
// Where react-remove-scroll, inside of Mantine's modal, looks for it.
Object.assign(globalThis, { __webpack_nonce__: nonce });

/** What waited for a session goes out as soon as there is one. */
function sendAfterSignIn(): () => void {
  return signInNeeded.subscribe(({ needed, putOffUntil }) => {
    if (!needed && putOffUntil === 0) outbox.resume();
  });
}

export function App() {
  useEffect(listen, []);
  useEffect(watchWindow, []);
  useEffect(sendAfterSignIn, []);
  return (
    <MantineProvider
      theme={theme}
      colorSchemeManager={colorSchemeManager}
      defaultColorScheme="auto"
      withCssVariables={false}
      withGlobalClasses={false}
      getStyleNonce={() => nonce ?? ""}
    >
      <QueryClientProvider client={queryClient}>
        <SignedIn />
      </QueryClientProvider>
    </MantineProvider>
  );
}

function SignedIn() {
  const session = useSession();
  const user = session.data?.user;
  const translated = useLanguage(user?.language);
  useEffect(() => outbox.setUser(user?.id ?? null), [user]);
  if (session.data === undefined || !translated) {
    return session.error ? (
      <Problem error={session.error} onRetry={() => void session.refetch()} />
    ) : (
      <Loading />
    );
  }
  if (!user) {
    return (
      <Suspense>
        <SignedOut />
      </Suspense>
    );
  }
  return (
    <BrowserRouter key={user.id}>
      <Screens />
    </BrowserRouter>
  );
}

/** An invitation may be followed without an account; everything else begins with the sign-in. */
function SignedOut() {
  const [known, setKnown] = useState(false);
  if (known || !location.pathname.startsWith("/invitations/")) return <SignInPage />;
  return (
    <BrowserRouter>
      <Routes>
        <Route
          path="invitations/:code"
          element={<InvitationScreen onHaveAccount={() => setKnown(true)} />}
        />
      </Routes>
    </BrowserRouter>
  );
}
