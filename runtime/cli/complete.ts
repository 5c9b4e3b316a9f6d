// `retis complete SHELL`: a script for the shell, which asks the program itself for what may come next.
import type { Command } from "commander";
import { EXIT, UsageError } from "../failure.js";
import { candidates, FILES, SHELLS } from "./complete-words.js";
import { printOut } from "./standard-output.js";

const BASH = `# Completion of retis for bash: source <(retis complete bash)
_retis() {
  local current=\${COMP_WORDS[COMP_CWORD]} candidate
  COMPREPLY=()
  while IFS= read -r candidate; do
    if [[ $candidate == ${FILES} ]]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r candidate; do COMPREPLY+=("$candidate"); done < <(compgen -f -- "$current")
    else
      COMPREPLY+=("$candidate")
    fi
  done < <("\${COMP_WORDS[0]}" complete words "$COMP_CWORD" "\${COMP_WORDS[@]}" 2>/dev/null)
}
complete -F _retis retis
`;

const ZSH = `#compdef retis
# Completion of retis for zsh: source <(retis complete zsh)
_retis() {
  local -a found
  found=("\${(@f)$("\${words[1]}" complete words $((CURRENT - 1)) "\${words[@]}" 2>/dev/null)}")
  if (( \${found[(Ie)${FILES}]} )); then _files; fi
  found=("\${(@)found:#${FILES}}")
  compadd -- "\${found[@]}"
}
compdef _retis retis
`;

const FISH = `# Completion of retis for fish: retis complete fish | source
function __retis_candidates
  set -l typed (commandline -opc)
  set -l current (commandline -ct)
  for candidate in ($typed[1] complete words (count $typed) $typed "$current" 2>/dev/null)
    if test "$candidate" = ${FILES}
      __fish_complete_path "$current"
    else
      echo $candidate
    end
  end
end
complete -c retis -f -a '(__retis_candidates)'
`;

const SCRIPTS: Readonly<Record<(typeof SHELLS)[number], string>> = { bash: BASH, zsh: ZSH, fish: FISH };

/** `words N WORD...`: what the scripts ask. The Nth of the words, which begin with the program, is under way. */
export function complete(program: Command, shell: string, words: readonly string[]): number {
  if (shell === "words") {
    const [index = "0", ...line] = words;
    const found = candidates(program, line.slice(1, Number(index)), line[Number(index)] ?? "");
    printOut(found.map((candidate) => `${candidate}\n`).join(""));
    return EXIT.fine;
  }
  const known = SHELLS.find((one) => one === shell);
  if (known === undefined)
    throw new UsageError(`no completion for ${shell}`, `there is one for ${SHELLS.join(", ")}`);
  printOut(SCRIPTS[known]);
  return EXIT.fine;
}
