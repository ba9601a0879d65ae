# shellcheck shell=bash
# Completion of spillwayctl for bash: what a command can go on with, the router says itself.

_spillwayctl() {
  local word=${COMP_WORDS[COMP_CWORD]} socket=() i=1
  COMPREPLY=()
  while [[ $i -lt $COMP_CWORD && ${COMP_WORDS[i]} == -* ]]; do
    case ${COMP_WORDS[i]} in
      -s | --socket)
        socket=(--socket "${COMP_WORDS[i + 1]}")
        i=$((i + 1))
        ;;
      -f | --file) i=$((i + 1)) ;;
    esac
    i=$((i + 1))
  done
  if [[ $i -gt $COMP_CWORD ]]; then  # the value of an option
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
  elif [[ $word == -* && $i -eq $COMP_CWORD ]]; then
    mapfile -t COMPREPLY < <(compgen -W \
      '--socket --file --keep-going --help --version' -- "$word")
  else
    local line="${COMP_WORDS[*]:i:COMP_CWORD-i}"
    # Not words: these are names out of the configuration, never to be expanded.
    mapfile -t COMPREPLY < <(spillwayctl "${socket[@]}" complete "$line${line:+ }$word" \
      2>/dev/null </dev/null | cut -f1 | grep .)
  fi
}
complete -F _spillwayctl spillwayctl
