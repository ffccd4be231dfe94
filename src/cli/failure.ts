import { CommanderError } from "commander";
import { KindredError } from "../base/errors.js";
import { harmless } from "./screen.js";

/** Exit codes of the command line. */
export const EXIT = { done: 0, mistake: 2, defect: 70, interrupted: 130 } as const;

/** What to print on standard error for something thrown, and what to exit with. */
export interface Failure {
  readonly code: number;
  readonly lines: readonly string[];
}

/** One mistake of a file that has several, as the study file reader lists them. */
interface Problem {
  readonly message: string;
  readonly excerpt: string;
}

/** Turns anything thrown into lines and an exit code; excerpts of a file are shown on a terminal only. */
export function explain(
  error: unknown,
  options: { terminal: boolean; interrupted: boolean; goOn?: string | undefined },
): Failure {
  if (options.interrupted) {
    const next = options.goOn === undefined ? "" : ` Go on with: ${harmless(options.goOn)}`;
    return { code: EXIT.interrupted, lines: [`kindred: stopped.${next}`] };
  }
  if (error instanceof Error && "code" in error && error.code === "EPIPE")
    return { code: EXIT.done, lines: [] };
  if (error instanceof CommanderError) return ofCommander(error);
  if (error instanceof KindredError && error.exitCode === EXIT.mistake) {
    const problems = problemsOf(error);
    if (problems.length === 0) return { code: EXIT.mistake, lines: [`kindred: ${harmless(error.message)}`] };
    const lines = problems.flatMap(({ message, excerpt }) => [
      `kindred: ${harmless(message)}`,
      ...(options.terminal ? [excerpt] : []),
    ]);
    return { code: EXIT.mistake, lines };
  }
  return { code: EXIT.defect, lines: defect(error) };
}

function problemsOf(error: KindredError): readonly Problem[] {
  return "problems" in error && Array.isArray(error.problems) ? (error.problems as readonly Problem[]) : [];
}

function ofCommander(error: CommanderError): Failure {
  if (error.exitCode === EXIT.done) return { code: EXIT.done, lines: [] };
  if (error.code === "commander.help") {
    return {
      code: EXIT.mistake,
      lines: ["kindred: there is no such command. Run kindred --help to see the commands."],
    };
  }
  const text = error.message.replace(/^error: /, "").replaceAll(/\s*\n\s*/g, ". ");
  const asked = text.replace(/\(Did you mean (one of )?(.*?)\?\)/, "Did you mean $2?");
  const hint = asked.includes("Did you mean") ? "" : " Add --help to see what there is.";
  return { code: EXIT.mistake, lines: [`kindred: ${harmless(asked.replace(/([^.?])$/, "$1."))}${hint}`] };
}

function defect(error: unknown): string[] {
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const cause =
    error instanceof Error && error.cause instanceof Error ? [`caused by ${error.cause.stack}`] : [];
  return [
    "kindred: this is a defect of Kindred, not a mistake of yours.",
    trace,
    ...cause,
    "Please report it with the lines above, the command you typed and the output of: kindred doctor --json",
  ];
}
