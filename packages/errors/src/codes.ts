/** Every error code of L3M with the sentence that documents it. docs/errors.md is checked against this table. */
export const ERROR_CODES = {
  L3M_MANY: "Several errors were found in one pass; each is listed.",
  L3M_INVARIANT: "A bug in L3M itself. Please report it with the message.",
  // names and plugins
  L3M_UNKNOWN_NAME: "A config names something that no loaded plugin registers.",
  L3M_WRONG_KIND: "A slot got a thing of another kind than it takes.",
  L3M_DUPLICATE_NAME: "Two plugins register the same name or alias.",
  L3M_MISSING_PLUGIN: "The package that provides a namespace is not installed.",
  L3M_BAD_PLUGIN: "A package is no L3M plugin, or one for another API version.",
  // options and ports
  L3M_UNKNOWN_OPTION: "An option or key that does not exist.",
  L3M_BAD_OPTION: "An option has the wrong type or value.",
  L3M_OPTION_CLASH: "An option is given both in the config and by the parent.",
  L3M_MISSING_KEY: "A block reads a DataDict key that nothing wrote.",
  L3M_BAD_SHAPE: "A tensor has another shape or dtype than a port or op takes.",
  L3M_FORWARD: "An operation inside a block, layer or loss does not take what it gets.",
  L3M_NO_PARAM_SCOPE: "A parameter was read outside a ParamScope that holds it.",
  L3M_BAD_STATE_DICT: "Names or shapes of given weights do not match the model.",
  // configs
  L3M_CONFIG_SYNTAX: "A config file is no valid YAML.",
  L3M_CONFIG_NOT_FOUND: "A config file cannot be read.",
  L3M_CONFIG_INTERPOLATION: "A `${}` expression cannot be resolved.",
  L3M_CONFIG_OVERRIDE: "A `key=value` override is malformed or points nowhere.",
  L3M_CONFIG_EXTENDS: "`extends` points to a missing file or back to itself.",
  // IR and engines
  L3M_BAD_OP: "A StableHLO op got operands or attributes that it does not take.",
  L3M_TRACE: "Something cannot be recorded inside a traced function.",
  L3M_UNSUPPORTED_KERNEL: "An engine has no implementation of a kernel.",
  L3M_PJRT: "XLA reported an error.",
  L3M_OUT_OF_MEMORY: "A device has too little memory for a program, or another program holds it.",
  L3M_GPU: "A GPU cannot be used: its driver, its libraries or what is visible of it.",
  L3M_PJRT_PLUGIN: "A shared library is no usable PJRT plugin.",
  L3M_ENGINE_MISSING: "The engine that a config needs is not available here.",
  L3M_DOWNLOAD: "A download failed.",
  L3M_CHECKSUM: "A downloaded file is not the one that the lock file names.",
  // data
  L3M_DATA_NOT_FOUND: "A data file or folder does not exist.",
  L3M_BAD_SAMPLE: "A sample cannot be read or decoded.",
  L3M_BAD_TOKENIZER: "A tokenizer file cannot be read.",
  L3M_CACHE: "The cache directory cannot be used.",
  // runs
  L3M_RUN_DIR: "The run directory cannot be used.",
  L3M_RUN_LOCKED: "Another run is writing to this run directory.",
  L3M_DISK_FULL: "The disk is full.",
  L3M_CHECKPOINT: "A checkpoint is truncated, damaged or of another run.",
  L3M_WEIGHTS: "A file with weights is damaged, unsafe or of a kind that cannot be read.",
  L3M_NOT_FINITE: "A loss, gradient or activation is NaN or infinite.",
  L3M_USAGE: "A command was called with arguments that it does not take.",
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;
