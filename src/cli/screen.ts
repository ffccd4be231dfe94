import picocolors from "picocolors";
import type { Painter } from "../report/terminal.js";

/** Writes one text to standard output: results only, so that they can be piped. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Writes one text to standard error: progress, notices, mistakes. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** A text from data without the signs that steer a terminal. */
export const harmless = (text: string): string => text.replaceAll(/[\p{Cc}\p{Bidi_Control}]/gu, " ");

/** Colours for one stream: none when it is not a terminal or NO_COLOR is set. */
export function paint(stream: NodeJS.WriteStream): ReturnType<typeof picocolors.createColors> {
  return picocolors.createColors(hasColours(stream));
}

/** How reports are coloured on one stream. */
export function painterFor(stream: NodeJS.WriteStream): Painter {
  const { green, red, dim, bold } = paint(stream);
  return { good: green, bad: red, dim, bold };
}

/** Whether a stream takes colours: NO_COLOR switches them off, FORCE_COLOR on, else a terminal has them. */
export function hasColours(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv = process.env): boolean {
  if (env["NO_COLOR"]) return false;
  if (env["FORCE_COLOR"]) return env["FORCE_COLOR"] !== "0";
  return stream.isTTY === true && env["TERM"] !== "dumb";
}

/** A command as one types it again: arguments with spaces or signs of the shell are quoted. */
export function commandLine(...words: readonly string[]): string {
  return words
    .map((word) => (/^[\w@%+=:,./~-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(" ");
}
