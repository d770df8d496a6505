{{ flow_table(4, 'collected') }}
