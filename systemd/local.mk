# Units, and what makes their user and folders. FILE.in has its paths filled in, and hardening.conf where it
# says @hardening@.
systemd_services = systemd/pgsluiced.service systemd/pgsluiced@.service \
	systemd/pgsluice-wait@.service systemd/pgsluice-check.service
systemd_plain = systemd/pgsluiced.socket systemd/pgsluiced-admin.socket \
	systemd/pgsluiced@.socket systemd/pgsluiced-admin@.socket systemd/pgsluice-check.timer
systemd_examples = systemd/examples/behind-the-gate.conf systemd/examples/credentials.conf \
	systemd/examples/ip-address.conf systemd/examples/notify-reload.conf \
	systemd/examples/pgsluiced-admin-tls.socket systemd/examples/pgsluiced-traffic-tls.socket \
	systemd/examples/unlimited-start.conf
systemd_made = $(systemd_services) systemd/pgsluice.tmpfiles

EXTRA_DIST += $(systemd_made:=.in) $(systemd_plain) $(systemd_examples) systemd/pgsluice.sysusers \
	systemd/hardening.conf
CLEANFILES += $(systemd_made)

if SYSTEMD_UNIT
systemdsystemunit_DATA = $(systemd_services) $(systemd_plain)
systemdexamplesdir = $(docdir)/examples/systemd
systemdexamples_DATA = $(systemd_examples)
sysusersdir = $(prefix)/lib/sysusers.d
tmpfilesdir = $(prefix)/lib/tmpfiles.d

all-local: systemd/pgsluice.tmpfiles

# Both folders want their files named after the package.
install-data-hook:
	$(AM_V_at)$(MKDIR_P) '$(DESTDIR)$(sysusersdir)' '$(DESTDIR)$(tmpfilesdir)'
	$(AM_V_at)$(INSTALL_DATA) $(srcdir)/systemd/pgsluice.sysusers \
	  '$(DESTDIR)$(sysusersdir)/pgsluice.conf'
	$(AM_V_at)$(INSTALL_DATA) systemd/pgsluice.tmpfiles '$(DESTDIR)$(tmpfilesdir)/pgsluice.conf'

uninstall-hook:
	$(AM_V_at)rm -f '$(DESTDIR)$(sysusersdir)/pgsluice.conf' '$(DESTDIR)$(tmpfilesdir)/pgsluice.conf'
endif

$(systemd_made): Makefile systemd/hardening.conf
	$(AM_V_GEN)$(MKDIR_P) systemd && $(SED) -e '/^@hardening[@]$$/{' \
	  -e 'r $(srcdir)/systemd/hardening.conf' -e 'd' -e '}' \
	  -e 's|@bindir[@]|$(bindir)|g' -e 's|@sbindir[@]|$(sbindir)|g' \
	  -e 's|@pgsluiceconfdir[@]|$(pgsluiceconfdir)|g' $(srcdir)/$@.in >$@.tmp && mv $@.tmp $@
systemd/pgsluiced.service: systemd/pgsluiced.service.in
systemd/pgsluiced@.service: systemd/pgsluiced@.service.in
systemd/pgsluice-wait@.service: systemd/pgsluice-wait@.service.in
systemd/pgsluice-check.service: systemd/pgsluice-check.service.in
systemd/pgsluice.tmpfiles: systemd/pgsluice.tmpfiles.in
