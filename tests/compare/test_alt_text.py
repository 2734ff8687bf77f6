"""Figures in words."""

from matplotlib.figure import Figure

from funcgrad.compare.alt_text import alt_text


def test_the_authors_own_words_come_first():
    figure = Figure()
    figure.subplots().plot([1, 2], label="unseen")
    figure.set_label("A line that rises.")
    assert alt_text(figure) == "A line that rises."


def test_titles_axes_curves_and_their_ends():
    figure = Figure()
    figure.suptitle("Both")
    left, right = figure.subplots(1, 2)
    left.semilogy([1, 2, 3], [1.0, 0.1, 0.01], label="loss")
    left.set(xlabel="epoch", ylabel="error", title="Falls")
    right.plot([0, 1], [5, 6], "o", label="data")
    right.plot([2], [3], "^")
    right.plot([0, 4], [0, 8])
    right.axhline(7, label="limit")
    right.axhline(8)
    assert alt_text(figure) == (
        "Both. Part 1 of 2: Falls. error (logarithmic) over epoch. loss: from (1, 1) to (3, 0.01). "
        "Part 2 of 2: data: 2 points. A point at (2, 3). A curve from (0, 0) to (4, 8). limit."
    )


def test_much_is_cut_short():
    many = Figure()
    for place, axes in enumerate(many.subplots(2, 3).flat):
        axes.set_title(f"run {place}")
        axes.plot([0, 1])
    assert alt_text(many).endswith("Part 6 of 6: run 5.")
    assert "curve" not in alt_text(many)

    words = Figure()
    axes = words.subplots()
    for place in range(10):
        axes.text(0, place, f"word\n{place}" + "x" * 80)
        axes.plot([place, place + 1], label=f"line {place}")
    told = alt_text(words)
    assert "line 7: from" in told and "line 8" not in told and "2 more curves" in told
    assert "word 7x" in told and "word 8" not in told and told.endswith("and 2 more.")
    assert "x" * 60 not in told


def test_a_drawing_without_axes_has_no_axes_in_its_words():
    figure = Figure()
    axes = figure.subplots()
    axes.set(xlabel="x", ylabel="y")
    axes.set_axis_off()
    axes.text(0, 0, "")
    assert alt_text(figure) == ""
