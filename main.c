/* ordinal: main only wires: arguments, loop, signals, ordered close. */
#include <stdio.h>

int main(void)
{
	puts("ordinal " ORDINAL_VERSION);
	return 0;
}
