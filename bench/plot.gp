# SPDX-License-Identifier: GPL-2.0
# gnuplot -c plot.gp svg|png TITLE DATA "BALANCER…" OUTPUT
# DATA has a block for each balancer: flows, net cost, where the bar begins and
# ends.

colour(b) = b eq "dsr" ? "#1f4e9e" : b eq "dsr-ingress" ? "#4f8fdf" : \
	b eq "dsr-maglev" ? "#6a51a3" : b eq "dsr-sessionless" ? "#3fb8c6" : \
	b eq "ipvs-wrr" ? "#b2182b" : b eq "ipvs-mh" ? "#e0675a" : \
	b eq "ipvs-onepacket" ? "#e8a090" : b eq "nft-jhash" ? "#2a7f3f" : \
	b eq "nft-numgen" ? "#7cbf7c" : b eq "forward" ? "#b07d2b" : \
	b eq "null" ? "#444444" : "#999999"
label(b) = b eq "null" ? "empty balancer" : \
	b eq "null-ingress" ? "empty, ingress" : \
	b eq "forward" ? "IP forwarding" : b
ours(b) = strstrt(b, "dsr") == 1

if (ARG1 eq "svg") {
	set terminal svg size 900,540 font "sans,14" background "white"
} else {
	set terminal pngcairo size 1200,720 font "sans,13" background "white"
}
set output ARG5
set title ARG2
set xlabel "flows"
set ylabel "ns per packet, more than a drop at ingress"
set logscale xy
set format x "10^{%T}"
set autoscale fix
set offsets graph 0.03, graph 0.03, graph 0.03, graph 0.03
set ytics (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
set grid xtics ytics lt 1 lc rgb "#d8d8d8"
set key outside right top reverse Left samplen 2
set bars 0.6
plot for [i=1:words(ARG4)] ARG3 index i - 1 using 1:2:3:4 with yerrorlines \
	lc rgb colour(word(ARG4, i)) lw (ours(word(ARG4, i)) ? 3 : 1.5) \
	pt (ours(word(ARG4, i)) ? 7 : 6) title label(word(ARG4, i))
