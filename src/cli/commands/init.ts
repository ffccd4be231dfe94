import type { Command } from "commander";
/** Adds `kindred init`. */
export function addInit(program: Command): void {
  program.command("init");
}
