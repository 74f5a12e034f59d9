"""The table behind a picture as a file: numbers are numbers, and texts run nothing."""

from evaluations.web.charts.tables import Column, Table


def test_numbers_stay_numbers_and_texts_are_made_harmless():
    columns = [Column(key="model", label="Model"), Column(key="lower", label="Lower", write=str)]
    table = Table(caption="", columns=columns, rows=[["=SUM(A1)", -705.5], ["-3", -3], ["Plain", None]])
    assert list(table.list_lines()) == [
        '\ufeff"model","lower"\r\n',
        '"\'=SUM(A1)","-705.5"\r\n',
        '"\'-3","-3"\r\n',
        '"Plain",""\r\n',
    ]
