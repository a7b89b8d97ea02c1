import { count, plural } from "./numbers";

/** A rate limit as documents hold it; a unit that is left out is the second. */
export interface Pace {
  amount: number;
  unit?: "second" | "minute" | "hour" | "day";
}

const SECONDS = { second: 1, minute: 60, hour: 3600, day: 86_400 };

/** 120 calls a minute, 1 call an hour. */
export const paceWords = ({ amount, unit = "second" }: Pace): string =>
  `${plural(amount, "call")} ${unit === "hour" ? "an" : "a"} ${unit}`;

/** What a limit comes to over time: "one every 0.5 seconds"; empty where its own words say as much. */
export function paceMeaning({ amount, unit = "second" }: Pace): string {
  const seconds = SECONDS[unit] / amount;
  if (amount === 1 || unit === "second") return "";
  if (seconds < 0.1) return `${count(Math.round(1 / seconds))} a second`;
  if (seconds === 1) return "one every second";
  if (seconds < 120) return `one every ${Number(seconds.toPrecision(2))} seconds`;
  return seconds < 7200
    ? `one every ${Math.round(seconds / 60)} minutes`
    : `one every ${Math.round(seconds / 3600)} hours`;
}
