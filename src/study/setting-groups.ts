/** What each group of settings of a study file is about, by its key; one or two sentences, also said by the JSON Schema. */
export const SETTING_GROUPS: Readonly<Record<string, string>> = {
  encoding: "How columns become features, fitted on training rows alone.",
  sharing: "What is shared, and how large it is. auto follows the number of training rows.",
  balancing: "How the method of balance is tuned.",
  sampling: "How often the rows of each task are drawn, where tasks have unequal numbers of labelled rows.",
  split: "How rows are divided.",
  budget: "How long and how training goes. auto follows the number of training rows.",
};
