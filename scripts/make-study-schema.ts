// Writes docs/study.schema.json, the JSON Schema of a study file, from the table of settings.
import { writeFileSync } from "node:fs";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import { studyJsonSchema } from "../src/study/study-file-schema.js";

const TARGET = new URL("../docs/study.schema.json", import.meta.url);

/** The text of docs/study.schema.json. */
export function studySchemaText(): string {
  return `${JSON.stringify(studyJsonSchema(), null, 2)}\n`;
}

if (argv[1] === fileURLToPath(import.meta.url)) writeFileSync(TARGET, studySchemaText());
