/* The three standard descriptors, which whoever starts a program may have closed. */
#pragma once

/* Opens /dev/null on each of 0, 1 and 2 that is closed, so that no file or socket that is opened
 * later gets that number and with it what is meant for the terminal. The first thing in main. */
void descriptors_fill_standard(void);
