// The effect of proposals in words and signed points.
import { formatNumber, formatPercent, formatPercentRange } from "@/i18n/messages";
import type { messages } from "./anchoringMessages";
import type { Anchoring } from "./requests";

export type Text = (typeof messages)["english"];
type Figure = Anchoring["same"]["difference"];

/** A difference of shares as signed points: +12. */
export const pointsOf = (share: number): string =>
  formatNumber(share * 100, { maximumFractionDigits: 0, signDisplay: "exceptZero" });

export const pointsRange = ({ low, high }: Figure): string =>
  low === null || high === null ? "" : `${pointsOf(low)} … ${pointsOf(high)}`;

export function ratioText({ estimate, low, high }: Figure): string {
  if (estimate === null || low === null || high === null) return "–";
  return `${formatPercent(estimate, 0)} (${formatPercentRange(low, high)})`;
}

/** What can be said in plain sentences: first of harm, then of time. */
export function verdicts({ led_astray, time }: Anchoring, t: Text): string[] {
  return [harm(led_astray.difference, t), pace(time.ratio, t)].filter((said) => said !== null);
}

function harm(difference: Figure, t: Text): string {
  const { estimate, low, high } = difference;
  if (estimate === null || low === null || high === null) return t.astrayFew;
  const say = low > 0 ? t.astray : high < 0 ? t.astrayLess : t.astrayNot;
  return say(pointsOf(estimate), pointsRange(difference));
}

function pace({ estimate, low, high }: Figure, t: Text): string | null {
  if (estimate === null || low === null || high === null) return null;
  const say = high < 1 ? t.faster : low > 1 ? t.slower : t.sameTime;
  return say(formatPercent(estimate, 0), formatPercentRange(low, high));
}
