#include "textflag.h"

DATA ones<>+0(SB)/8, $1.0
DATA ones<>+8(SB)/8, $1.0
GLOBL ones<>(SB), RODATA|NOPTR, $16

DATA limits<>+0(SB)/8, $1e100
DATA limits<>+8(SB)/8, $1e100
GLOBL limits<>(SB), RODATA|NOPTR, $16

DATA magnitude<>+0(SB)/8, $0x7fffffffffffffff
DATA magnitude<>+8(SB)/8, $0x7fffffffffffffff
GLOBL magnitude<>(SB), RODATA|NOPTR, $16

// func transformPairs(features *moments, before, after, x *float64, n int) int
TEXT ·transformPairs(SB), NOSPLIT, $0-48
	MOVQ   features+0(FP), DI
	MOVQ   before+8(FP), SI
	MOVQ   after+16(FP), DX
	MOVQ   x+24(FP), R8
	MOVQ   n+32(FP), CX
	XORQ   AX, AX
	MOVUPD ones<>(SB), X9
	MOVUPD limits<>(SB), X10
	MOVUPD magnitude<>(SB), X11
	XORPD  X12, X12

pair:
	LEAQ 2(AX), R9
	CMPQ R9, CX
	JGT  done

	MOVUPD   (R8)(AX*8), X0
	MOVAPD   X0, X1
	CMPPD    X1, X1, $3          // not a number
	MOVMSKPD X1, R10
	TESTL    R10, R10
	JNE      done
	MOVSD    8(DI), X1           // mean
	MOVHPD   40(DI), X1
	MOVSD    24(DI), X3          // deviation
	MOVHPD   56(DI), X3
	MOVAPD   X0, X5
	SUBPD    X1, X5              // distance
	MOVAPD   X5, X6
	DIVPD    X3, X6
	CMPPD    X12, X3, $4         // deviation ≠ 0
	ANDPD    X3, X6
	MOVAPD   X6, X7
	ANDPD    X11, X7
	MOVAPD   X10, X8
	CMPPD    X7, X8, $1          // beyond the limit
	MOVMSKPD X8, R10
	TESTL    R10, R10
	JNE      done
	MOVUPD   X6, (SI)(AX*8)

	MOVSD  0(DI), X2             // count
	MOVHPD 32(DI), X2
	ADDPD  X9, X2
	MOVSD  16(DI), X4            // variance
	MOVHPD 48(DI), X4
	MOVAPD X5, X6
	DIVPD  X2, X6
	ADDPD  X6, X1
	SUBPD  X1, X0                // rest
	MULPD  X0, X5
	SUBPD  X4, X5
	DIVPD  X2, X5
	ADDPD  X5, X4
	SQRTPD X4, X3
	MOVSD  X2, 0(DI)
	MOVHPD X2, 32(DI)
	MOVSD  X1, 8(DI)
	MOVHPD X1, 40(DI)
	MOVSD  X4, 16(DI)
	MOVHPD X4, 48(DI)
	MOVSD  X3, 24(DI)
	MOVHPD X3, 56(DI)
	DIVPD  X3, X0
	CMPPD  X12, X3, $4
	ANDPD  X3, X0
	MOVUPD X0, (DX)(AX*8)

	ADDQ $64, DI
	MOVQ R9, AX
	JMP  pair

done:
	MOVQ AX, ret+40(FP)
	RET
