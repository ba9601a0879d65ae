# shellcheck shell=bash
# Completion of spillway for bash.

_spillway() {
  local word=${COMP_WORDS[COMP_CWORD]} options
  options='--config --check --interactive --socket --help --version'
  [[ ${COMP_WORDS[1]} == replay ]] && options='--config --out --speed --time-scale --lan-net --json
    --html --no-progress --help'
  COMPREPLY=()
  case ${COMP_WORDS[COMP_CWORD - 1]} in
    --speed)
      mapfile -t COMPREPLY < <(compgen -W 'virtual real max' -- "$word")
      return
      ;;
  esac
  if [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
  elif [[ $COMP_CWORD -eq 1 ]]; then
    mapfile -t COMPREPLY < <(compgen -W 'replay' -- "$word")
  else
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
  fi
}
complete -o filenames -F _spillway spillway
