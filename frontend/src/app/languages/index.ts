// Which language is shown: fetched when it is wanted first, English until then and without a line.
import { useEffect, useState } from "react";
import { type Language, languageFor } from "@/i18n/languages";
import { setLanguage } from "@/i18n/messages";

type Load = () => Promise<unknown>;

const LOADERS: Record<Language, Load> = {
  en: async () => {},
  de: () => import("./de"),
  fr: () => import("./fr"),
  ko: () => import("./ko"),
};

/** Shows the language that the user chose, else the browser's; false until it is there. */
export function useLanguage(chosen: string | undefined): boolean {
  const wanted = languageFor(chosen);
  const [shown, setShown] = useState<Language | null>(null);
  useEffect(() => {
    let dropped = false;
    const show = (language: Language) => {
      if (dropped) return;
      setLanguage(language);
      setShown(wanted);
    };
    LOADERS[wanted]().then(
      () => show(wanted),
      () => show("en"),
    );
    return () => {
      dropped = true;
    };
  }, [wanted]);
  return shown === wanted;
}
