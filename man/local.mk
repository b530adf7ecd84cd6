dist_man_MANS += man/pgsluice.1 man/pgsluiced.8 man/pgsluice.conf.5 man/pgsluice-revision.5
