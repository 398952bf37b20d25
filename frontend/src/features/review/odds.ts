// Log odds in words and lengths: what each vote did to the odds of the label.
import { formatNumber } from "@/i18n/messages";

const shown = (factor: number) =>
  formatNumber(factor, { maximumFractionDigits: factor < 10 ? 1 : 0 });

/** "×3.4" for what speaks for the label, "÷2" for what speaks against it. */
export function factorOf(logOdds: number): string {
  return logOdds < 0 ? `÷${shown(Math.exp(-logOdds))}` : `×${shown(Math.exp(logOdds))}`;
}

/** "34 : 1", or "1 : 2" where the other one is ahead. */
export function oddsOf(logOdds: number): string {
  return logOdds < 0 ? `1 : ${shown(Math.exp(-logOdds))}` : `${shown(Math.exp(logOdds))} : 1`;
}

/** The share of half of a bar that a part of the odds fills, in proportion to the largest part. */
export function lengthOf(logOdds: number, parts: readonly number[]): number {
  const most = Math.max(...parts.map(Math.abs));
  return most > 0 ? Math.abs(logOdds) / most : 0;
}
