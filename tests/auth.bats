# Who may call the daemon over HTTP: tokens, certificates, users of this host; and what it does with
# bytes that are no requests.
load lib/common
load lib/daemon

setup() {
    common_setup
    create_database
    make_table_revision aaaaaaaaaaaa '' one
}

# make_authority NAME: NAME.pem and NAME.key.
make_authority() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 \
        -subj "/CN=$1" -keyout "$1.key" -out "$1.pem" 2>openssl.log
}

# make_certificate NAME SUBJECT AUTHORITY [EXTENSION]: NAME.pem and NAME.key.
make_certificate() {
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "$2" \
        -keyout "$1.key" -out "$1.csr" 2>openssl.log
    openssl x509 -req -in "$1.csr" -CA "$3.pem" -CAkey "$3.key" -CAcreateserial -days 30 \
        -extfile <(echo "${4:-subjectAltName = IP:127.0.0.1}") -out "$1.pem" 2>>openssl.log
}

# write_admin_config ADDRESS [LINE...]: an admin listener at ADDRESS, more lines in its section.
write_admin_config() {
    local address=$1

    shift
    write_config daemon <<CONF
database:    { migration_url = "$url"; };
migrations:  { directory = "$migrations"; };
environment: { controlled = true; };
http:        { traffic: { listen = [ "127.0.0.1:0" ]; };
               admin:   { listen = [ "$address" ];
                          $(printf '%s\n' "$@") }; };
CONF
}

# token_group TOKEN: one that may read.
token_group() {
    echo "tokens = ( { name = \"ops\"; sha256 = \"$(token_hash "$1")\"; scopes = [ \"read\" ]; } );"
}

# write_tls_config [ADMIN-LINE...]: the admin listener on TLS with server.pem, more lines in its section.
write_tls_config() {
    write_config daemon <<CONF
database:    { migration_url = "$url"; };
migrations:  { directory = "$migrations"; };
environment: { controlled = true; };
http:        { tls_certificate = "server.pem"; tls_key = "server.key";
               traffic: { listen = [ "127.0.0.1:0" ]; };
               admin:   { listen = [ "tls:127.0.0.1:0" ];
                          $(printf '%s\n' "$@") }; };
CONF
}

# ask_tls [OPTION...]: the status code of the admin listener's answer, 000 when there is none.
ask_tls() {
    curl -s -m 5 -o answer -w '%{http_code}' --cacert ca.pem "$@" \
        "https://$(daemon_address admin)/admin/migrations" || :
}

@test "a token that was made is one that is taken, and is seen nowhere else" {
    local token

    run -2 pgsluice token new
    [[ $output == *'needs a scope'*'usage:write'* ]]
    run -2 pgsluice token new --scope raed
    [[ $output == *'"raed" is not a scope'*'"read"'* ]]
    run -2 pgsluice token new --scope read --expires 2020-01-01T00:00:00Z
    [[ $output == *'is over'* ]]
    run -2 pgsluice token new --scope read --expires soon
    [[ $output == *'"soon" is not a time'*30d* ]]
    run -2 pgsluice token new --scope read --name 'a b'
    run -2 pgsluice token make --scope read
    [[ $output == *'token new'* ]]

    pgsluice token new --scope read --scope hold --name ci --expires 30d --json >made.json
    token=$(jq -r .token made.json)
    [[ $token =~ ^pgs_[A-Za-z0-9_-]{43}$ ]]
    [ "$(jq -r .sha256 made.json)" = "$(token_hash "$token")" ]
    [ "$(jq -c .scopes made.json)" = '["read","hold"]' ]
    pgsluice token new --scope read --name ops >two-lines 2>notes
    [ "$(wc -l <two-lines)" = 2 ]
    run ! grep -F "$(head -n 1 two-lines)" notes

    write_admin_config 127.0.0.1:0 'anonymous_read = false;' "tokens = ( $(sed -n 2p two-lines) );"
    mkdir credentials
    jq -r .credential made.json >credentials/pgsluice.tokens
    CREDENTIALS_DIRECTORY=$PWD/credentials start_daemon
    wait_until_ready
    [ "$(http_status /admin/migrations admin)" = 401 ]
    for token in "$token" "$(head -n 1 two-lines)"; do
        curl -sf -o answer -H "Authorization: Bearer $token" \
            "http://$(daemon_address admin)/admin/migrations"
    done
    [ "$(curl -s -o answer -w '%{http_code}' -H "Authorization: Bearer ${token}x" \
        "http://$(daemon_address admin)/admin/migrations")" = 401 ]
    wait_for 'logged "127.0.0.1: A token that nobody has was presented"'
    run ! grep -F "$token" daemon.stderr
    CREDENTIALS_DIRECTORY=$PWD/credentials run -0 pgsluiced --check-config --show -c daemon.conf
    [[ $output == *'http.admin.tokens = ops (read), ci (read, hold; until 20'*', credential pgsluice.tokens'* ]]
    echo 'ci 0000 read' >credentials/pgsluice.tokens
    CREDENTIALS_DIRECTORY=$PWD/credentials run -2 pgsluiced --check-config -c daemon.conf
    [[ $output == *'64 hexadecimal digits'*'pgsluice.tokens:1'* ]]
}

@test "TLS: a certificate is renewed under open connections, a bad one is refused" {
    make_authority ca
    make_certificate server /CN=first ca
    make_certificate other /CN=second ca
    write_tls_config
    chmod 644 server.key
    start_daemon
    wait_until_ready
    logged "server.key may be read by everybody on this host"
    [ "$(ask_tls)" = 200 ]
    [ "$(ask_tls --tls-max 1.1)" = 000 ]
    [ "$(ask_tls --tls-max 1.2)" = 200 ]

    # One connection before, over the reload, and after.
    mkfifo requests
    openssl s_client -quiet -connect "$(daemon_address admin)" <requests >kept 2>/dev/null 3>&- 4>&- &
    exec 9>requests
    printf 'GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n' >&9
    wait_for '[ "$(grep -c "HTTP/1.1 200" kept)" = 1 ]'
    mv other.key server.key
    kill -HUP "${daemon_pids[daemon]}"
    wait_for 'logged "Reload refused, nothing was changed.*do not match"'
    [ "$(ask_tls)" = 200 ]
    echo garbage >server.pem
    kill -HUP "${daemon_pids[daemon]}"
    wait_for 'logged "Reload refused, nothing was changed.*server.pem cannot be used: Base64"'
    [ "$(ask_tls)" = 200 ]
    mv other.pem server.pem
    sed -i 's/tls_key = /tls_minimum = "1.3"; &/' daemon.conf
    kill -HUP "${daemon_pids[daemon]}"
    wait_for 'openssl s_client -connect "$(daemon_address admin)" </dev/null 2>&1 | grep -q "subject=CN = second"'
    [ "$(ask_tls --tls-max 1.2)" = 000 ]
    printf 'GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n' >&9
    wait_for '[ "$(grep -c "HTTP/1.1 200" kept)" = 2 ]'
    exec 9>&-
    stop_quickly
}

@test "TLS: client certificates" {
    make_authority ca
    make_authority stranger
    make_certificate server /CN=server ca
    make_certificate ops /O=Example/CN=ops ca 'extendedKeyUsage = clientAuth'
    make_certificate dev /O=Example/CN=dev ca 'extendedKeyUsage = clientAuth'
    make_certificate less /O=Example/CN=less ca
    make_certificate web /O=Example/CN=ops ca 'extendedKeyUsage = serverAuth'
    make_certificate forged /O=Example/CN=ops stranger 'extendedKeyUsage = clientAuth'
    write_tls_config 'anonymous_read = false; client_ca = "ca.pem"; certificates = (
        { subject = "CN=ops, O=Example"; scopes = [ "read" ]; },
        { subject = "CN=less,O=Example"; scopes = [ "hold" ]; } );'
    start_daemon
    wait_until_ready
    [ "$(ask_tls)" = 401 ]
    [ "$(ask_tls --cert ops.pem --key ops.key)" = 200 ]
    [ "$(ask_tls --cert ops.pem --key ops.key -H 'Origin: https://evil.example')" = 403 ]
    [ "$(ask_tls --cert ops.pem --key ops.key -H 'Authorization: Bearer no')" = 401 ]
    [ "$(ask_tls --cert dev.pem --key dev.key)" = 401 ]
    jq -r .hint answer | grep -F 'the certificate is of "CN=dev,O=Example"'
    [ "$(ask_tls --cert less.pem --key less.key)" = 403 ]
    jq -r .detail answer | grep -F 'cert:CN=less,O=Example does not have the scope "read"'
    [ "$(ask_tls --cert web.pem --key web.key)" = 401 ]
    [ "$(ask_tls --cert forged.pem --key forged.key)" = 401 ]
    sed -i 's/CN=ops, O=/CN=nobody, O=/' daemon.conf
    kill -HUP "${daemon_pids[daemon]}"
    wait_for '[ "$(ask_tls --cert ops.pem --key ops.key)" = 401 ]'
    stop_quickly
}

@test "what cannot be right about TLS and peers is said before the start" {
    local line wanted

    make_authority ca
    make_certificate server /CN=server ca
    while IFS='|' read -r line wanted; do
        write_tls_config "$line"
        run -2 pgsluiced --check-config -c daemon.conf
        [[ $output == *"$wanted"* ]] || { echo "$line: $output"; return 1; }
    done <<'CASES'
client_ca = "no-such.pem";|there is no file
client_ca = "server.key";|http.admin.client_ca must be a PEM file
certificates = ( { subject = "CN=a"; scopes = [ "read" ]; } );|needs http.admin.client_ca
client_ca = "ca.pem"; certificates = ( { subject = "ops"; scopes = [ "read" ]; } );|"ops" is not a distinguished name
peers = ( { name = "a"; uid = "no-such-user"; scopes = [ "read" ]; } );|a: this host has no user "no-such-user"
peers = ( { name = "a"; gid = "no-such-group"; scopes = [ "read" ]; } );|a: this host has no group "no-such-group"
peers = ( { name = "a"; uid = 65534; scopes = [ "read" ]; } );|cannot be trusted
CASES
    write_tls_config
    sed -i 's/tls_key = "[^"]*";//' daemon.conf
    run -2 pgsluiced --check-config -c daemon.conf
    [[ $output == *'needs http.tls_key'* ]]
    sed -i 's/tls_certificate = "[^"]*";//' daemon.conf
    run -2 pgsluiced --check-config -c daemon.conf
    [[ $output == *'http.admin.listen'*'needs http.tls_certificate'* ]]
    openssl ec -in server.key -aes128 -passout pass:secret -out locked.key 2>/dev/null
    write_tls_config
    sed -i 's/server.key/locked.key/' daemon.conf
    run -2 pgsluiced --check-config -c daemon.conf
    [[ $output == *'without a password'* ]]
    run -2 pgsluiced -c daemon.conf --set http.tls_key=server.key --set http.admin.listen=tls:unix:a.sock
    [[ $output == *'a Unix socket needs no TLS'* ]]
}

@test "tokens do not cross the network unless TLS hides them or somebody says so" {
    write_admin_config 0.0.0.0:0 "$(token_group old)"
    run -2 pgsluiced -c daemon.conf
    [[ $output == *'would take tokens at 0.0.0.0:0 without TLS'*'http.admin.plaintext = [ "0.0.0.0:0" ]'* ]]
    run -2 pgsluiced -c daemon.conf --set http.admin.listen=127.0.0.1:0 \
        --set http.traffic.tokens_required=true --set http.traffic.listen=0.0.0.0:0
    [[ $output == *'the traffic listener would take tokens at 0.0.0.0:0'* ]]
    start_daemon --set http.admin.plaintext=0.0.0.0:0
    wait_until_ready
    stop_daemon
    [ "$status" -eq 0 ]

    # A reload must not do what a start would not.
    write_admin_config 0.0.0.0:0
    start_daemon
    wait_until_ready
    write_admin_config 0.0.0.0:0 "$(token_group old)"
    kill -HUP "${daemon_pids[daemon]}"
    wait_for 'logged "Reload refused, nothing was changed.*without TLS"'
}

# ask_unix: the status code of the answer over admin.sock.
ask_unix() {
    curl -s -m 5 -w '%{http_code}' -o answer --unix-socket admin.sock http://localhost/admin/migrations
}

@test "users of this host call over the Unix socket without a token" {
    write_admin_config unix:admin.sock 'anonymous_read = false;' \
        "peers = ( { name = \"me\"; uid = \"$(id -un)\"; scopes = [ \"read\" ]; } );"
    start_daemon
    wait_until_ready
    [ "$(ask_unix)" = 200 ]
    write_admin_config unix:admin.sock 'anonymous_read = false;' \
        "peers = ( { name = \"us\"; gid = [ \"$(id -gn)\" ]; scopes = [ \"hold\" ]; } );"
    kill -HUP "${daemon_pids[daemon]}"
    wait_for '[ "$(ask_unix)" = 403 ]'
    jq -r .detail answer | grep -F "uid:$(id -u) does not have the scope"
    write_admin_config unix:admin.sock 'anonymous_read = false;' \
        'peers = ( { name = "them"; uid = 4000000; scopes = [ "read" ]; } );'
    kill -HUP "${daemon_pids[daemon]}"
    wait_for '[ "$(ask_unix)" = 401 ]'
    jq -r .hint answer | grep -F "add uid $(id -u) to http.admin.peers"
}

@test "bytes that are no requests are refused or cut, and move nothing" {
    make_authority ca
    make_certificate server /CN=server ca
    write_tls_config
    sed -i 's/http: *{/& request_timeout = "2s"; idle_timeout = "2s"; header_max = "8KiB";/
        s/http: *{/& connections_max = 12000; threads = 32;/
        s/"tls:127.0.0.1:0"/&, "127.0.0.1:0"/' daemon.conf
    ulimit -n 11000 2>/dev/null || ulimit -n "$(ulimit -Hn)"
    start_daemon
    wait_until_ready
    "$top_srcdir/tests/lib/hostile-requests" "$(daemon_address traffic)" \
        "$(sed -n 's|.*listening: admin http://\(.*\)|\1|p' daemon.stderr)" \
        "$(sed -n 's|.*listening: admin https://\(.*\)|\1|p' daemon.stderr)"
    [ "$(http_status /readyz)" = 200 ]
    run ! logged 'Gate open ->'
    stop_quickly
}
