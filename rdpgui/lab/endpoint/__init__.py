"""What serves HTTP: the server, who may speak, AWS's protocols, the lab's own operations, the control API.

May import: lab.world, lab.moto, the records that the lab shares, botocore (models, signatures, validation), werkzeug.
"""
