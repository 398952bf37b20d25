// How a labeler likes to work; kept in the browser.
import { useState } from "react";
import { readSetting, writeSetting } from "@/lib/storage";

export interface LabelSettings {
  submitAtOnce: boolean;
  smooth: boolean;
}

const DEFAULTS: LabelSettings = { submitAtOnce: true, smooth: false };

export function useLabelSettings(): [LabelSettings, (settings: LabelSettings) => void] {
  const [settings, setSettings] = useState(() => ({
    ...DEFAULTS,
    ...readSetting<Partial<LabelSettings>>("label-settings", {}),
  }));
  const change = (next: LabelSettings) => {
    setSettings(next);
    writeSetting("label-settings", next);
  };
  return [settings, change];
}
