# fish completion for pgsluice. The program itself computes the candidates.

function __pgsluice_complete
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    set -l lines ($words[1] complete -- $words[2..-1] $word 2>/dev/null)

    # "--option=" stays in front of the names of files.
    set -l option (string match -r -- '^--[^=]*=' $word)
    set -l value (string replace -r -- '^--[^=]*=' '' $word)
    switch "$lines[1]"
        case :files
            set lines "$option"(__fish_complete_path $value)
        case :folders
            set lines "$option"(__fish_complete_directories $value)
    end
    printf '%s\n' $lines
end

complete -c pgsluice -f -k -a '(__pgsluice_complete)'
